import { join, resolve } from 'node:path';

/** WorkerEnvironment is the worker's configuration from the environment. */
export interface WorkerEnvironment {
  databaseUrl: string;
  dataDir: string;
  gatewayPort: number;
  workerPort: number;
  gatewayUrl: string;
  /** allowedModelPaths are the directories from which models may be registered by path. */
  allowedModelPaths: string[];
  /** programEnvironment is all that engine and training processes see of the environment. */
  programEnvironment: Record<string, string>;
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
  const dataDir = resolve(source.SLIPWAY_DATA_DIR || '.slipway');
  const gatewayPort = readPort('SLIPWAY_GATEWAY_PORT', source.SLIPWAY_GATEWAY_PORT, 8080);
  return {
    databaseUrl,
    dataDir,
    gatewayPort,
    workerPort: readPort('SLIPWAY_WORKER_PORT', source.SLIPWAY_WORKER_PORT, 9090),
    gatewayUrl: source.SLIPWAY_GATEWAY_URL || `http://127.0.0.1:${gatewayPort}`,
    allowedModelPaths: (source.SLIPWAY_MODEL_PATHS || join(dataDir, 'models')).split(':').filter((path) => path !== ''),
    programEnvironment: Object.fromEntries(
      PROGRAM_VARIABLES.flatMap((name) => (source[name] === undefined ? [] : [[name, source[name]]])),
    ),
  };
}

function readPort(name: string, value: string | undefined, fallback: number): number {
  if (value === undefined || value === '') return fallback;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${name} is "${value}". Give a port from 0 to 65535.`);
  return port;
}
