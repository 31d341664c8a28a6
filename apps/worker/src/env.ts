import { resolve } from 'node:path';
import { STARTER_MODES } from './jobs/starter/index.ts';

/** WorkerEnvironment is the worker's configuration from the environment. */
export interface WorkerEnvironment {
  databaseUrl: string;
  dataDir: string;
  gatewayPort: number;
  workerPort: number;
  gatewayUrl: string;
  /** allowedModelPaths are the directories from which models may be registered by path. */
  allowedModelPaths: string[];
  /** hubUrl is where models of the source `huggingface` are read from: the hub, or a mirror of it. */
  hubUrl: string;
  /** programEnvironment is all that engine and training processes see of the environment. */
  programEnvironment: Record<string, string>;
  starter: (typeof STARTER_MODES)[number];
  /** toolEnvironment is what pip sees when it fetches the starter model: everything but the database's address. */
  toolEnvironment: Record<string, string>;
}

/** PROGRAM_VARIABLES reach the programs: where tools and GPU libraries are, and nothing that is secret. */
const PROGRAM_VARIABLES = [
  'PATH',
  'HOME',
  'LANG',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'CUDA_PATH',
  'NVIDIA_DRIVER_CAPABILITIES',
];

/** readEnvironment reads the configuration; it throws one sentence that names the variable at fault. */
export function readEnvironment(source: Record<string, string | undefined> = process.env): WorkerEnvironment {
  const databaseUrl = source.DATABASE_URL;
  if (databaseUrl === undefined || databaseUrl === '') {
    throw new Error('DATABASE_URL is not set. Give the worker a Postgres address, or start everything with npm start.');
  }
  const starter = STARTER_MODES.find((mode) => mode === (source.SLIPWAY_STARTER || 'full'));
  if (starter === undefined) throw new Error(`SLIPWAY_STARTER is "${source.SLIPWAY_STARTER}". Give off, tiny or full.`);
  const dataDir = resolve(source.SLIPWAY_DATA_DIR || '.slipway');
  const gatewayPort = readPort('SLIPWAY_GATEWAY_PORT', source.SLIPWAY_GATEWAY_PORT, 8080);
  return {
    databaseUrl,
    dataDir,
    gatewayPort,
    workerPort: readPort('SLIPWAY_WORKER_PORT', source.SLIPWAY_WORKER_PORT, 9090),
    gatewayUrl: source.SLIPWAY_GATEWAY_URL || `http://localhost:${gatewayPort}`,
    allowedModelPaths: (source.SLIPWAY_MODEL_PATHS ?? '').split(':').filter((path) => path !== ''),
    hubUrl: source.SLIPWAY_HUB_URL || 'https://huggingface.co',
    programEnvironment: pick(source, (name) => PROGRAM_VARIABLES.includes(name)),
    starter,
    toolEnvironment: pick(source, (name) => name !== 'DATABASE_URL' && !name.startsWith('SLIPWAY_')),
  };
}

function pick(source: Record<string, string | undefined>, isWanted: (name: string) => boolean): Record<string, string> {
  const entries = Object.entries(source).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.filter(([name]) => isWanted(name)));
}

function readPort(name: string, value: string | undefined, fallback: number): number {
  if (value === undefined || value === '') return fallback;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${name} is "${value}". Give a port from 0 to 65535.`);
  return port;
}
