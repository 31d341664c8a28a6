import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ClusterDriver } from '@slipway/cluster';
import { createLocalDriver } from '@slipway/cluster/local';
import { countWaitingJobs, createDatabase, createLocalArtifactStore } from '@slipway/db';
import type { Deps } from '@slipway/use-cases/deps';
import packageJson from '../package.json' with { type: 'json' };
import { runStarter, type StarterOptions } from './jobs/starter/index.ts';
import { type Controllers, countPhases, startControllers } from './roles/controllers.ts';
import { startGatewayRole } from './roles/gateway.ts';
import { startJobs } from './roles/jobs.ts';
import { startHealthServer } from './telemetry/health-server.ts';
import { describeError, jsonLog } from './telemetry/log.ts';
import { createWorkerMetrics } from './telemetry/worker-metrics.ts';

/** ROLES are what a worker can be; the default is all of them in one process. */
export const ROLES = ['controllers', 'jobs', 'gateway'] as const;
/** Role is one of the things that a worker can be. */
export type Role = (typeof ROLES)[number];

/** WorkerOptions is everything a worker is told. */
export interface WorkerOptions {
  roles: readonly Role[];
  databaseUrl: string;
  dataDir: string;
  host?: string;
  gatewayPort: number;
  /** workerPort serves /healthz and /metrics; 0 takes a free one. */
  workerPort: number;
  gatewayUrl: string;
  allowedModelPaths: string[];
  /** hubUrl is where models of the source `huggingface` are read from. */
  hubUrl?: string;
  programEnvironment: Record<string, string>;
  starter: StarterOptions['mode'];
  /** toolEnvironment is what pip sees when it fetches the starter model. */
  toolEnvironment: Record<string, string>;
  /** driver is the local one unless given. */
  driver?: ClusterDriver;
  now?: () => Date;
  writeLine?: (line: string) => void;
}

/** Worker is a running worker. */
export interface Worker {
  workerPort: number;
  /** gatewayPort is null without the gateway's role. */
  gatewayPort: number | null;
  close(): Promise<void>;
}

/** GATEWAY_GRACE_MS leaves the engines their own grace within the ten seconds in which a worker ends. */
const GATEWAY_GRACE_MS = 4_000;
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const TINY_BASE = fileURLToPath(new URL('../../../packages/engine/tiny-base/slipway-tiny.gguf', import.meta.url));

/** startWorker brings the roles up, in an order in which none finds another missing, and resolves when they serve. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const now = options.now ?? (() => new Date());
  const writeLine = options.writeLine ?? ((line: string) => process.stdout.write(`${line}\n`));
  const log = jsonLog(writeLine, now);
  const host = options.host ?? '127.0.0.1';
  const stops: (() => Promise<void>)[] = [];
  const close = async () => {
    // Newest first; one that fails must not keep the others.
    for (const stop of stops.splice(0).reverse()) {
      await stop().catch((error: unknown) =>
        log('error', 'A part did not stop cleanly.', { error: describeError(error) }),
      );
    }
  };
  try {
    await mkdir(options.dataDir, { recursive: true });
    const db = createDatabase(options.databaseUrl);
    stops.push(() => db.close());
    const { dataDir, gatewayUrl, allowedModelPaths } = options;
    const deps: Deps = {
      db,
      artifacts: createLocalArtifactStore(dataDir),
      dataDir,
      now,
      gatewayUrl,
      allowedModelPaths,
    };
    const driver = options.driver ?? localDriver(options);
    const metrics = createWorkerMetrics({
      now,
      queueDepth: () => countWaitingJobs(db.prisma),
      workloads: async () => countPhases(await driver.list()),
    });
    let controllers: Controllers | null = null;
    if (options.roles.includes('controllers')) {
      controllers = await startControllers({ deps, driver, metrics, log, codeVersion: await readCodeVersion() });
      stops.push(controllers.close);
    }
    if (options.roles.includes('jobs')) {
      const jobs = await startJobs({
        deps,
        databaseUrl: options.databaseUrl,
        hubUrl: options.hubUrl,
        controllers,
        log,
      });
      stops.push(jobs.close);
    }
    let gatewayPort: number | null = null;
    if (options.roles.includes('gateway')) {
      const gateway = await startGatewayRole({
        database: db,
        databaseUrl: options.databaseUrl,
        dataDir,
        port: options.gatewayPort,
        host,
        graceMs: GATEWAY_GRACE_MS,
        log: writeLine,
      }).catch(explainBusyPort(options.gatewayPort));
      stops.push(() => gateway.close());
      gatewayPort = gateway.port;
    }
    if (options.roles.includes('jobs')) stops.push(beginStarter(options, deps, log));
    const describe = () => ({ roles: options.roles, gatewayPort });
    const health = await startHealthServer({ host, port: options.workerPort, metrics, describe });
    stops.push(health.close);
    return { workerPort: health.port, gatewayPort, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function explainBusyPort(port: number): (error: unknown) => never {
  return (error) => {
    const isBusy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw isBusy ? new Error(`Port ${port} is in use. Set SLIPWAY_GATEWAY_PORT to a free port.`) : error;
  };
}

function localDriver(options: WorkerOptions): ClusterDriver {
  return createLocalDriver({
    directory: join(options.dataDir, 'cluster'),
    command: (program, specPath) => [process.execPath, MAIN, program, specPath],
    environment: options.programEnvironment,
    ...(options.now === undefined ? {} : { now: options.now }),
  });
}

/** The first start does not wait for the starter models; how far they are stands in their rows. */
function beginStarter(options: WorkerOptions, deps: Deps, log: StarterOptions['log']): () => Promise<void> {
  const abort = new AbortController();
  const done = runStarter({
    deps,
    mode: options.starter,
    tinyPath: TINY_BASE,
    cacheDir: join(options.toolEnvironment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'slipway', 'models'),
    environment: options.toolEnvironment,
    signal: abort.signal,
    log,
  }).catch((error: unknown) => {
    if (!abort.signal.aborted) log('error', 'The starter models could not be set up.', { error: describeError(error) });
  });
  return async () => {
    abort.abort();
    await done;
  };
}

/** readCodeVersion names the code in lineages: the commit where there is a checkout, else the package's version. */
async function readCodeVersion(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      timeout: 2_000,
    });
    return `git:${stdout.trim()}`;
  } catch {
    // Installed without git or outside a checkout.
    return `version:${packageJson.version}`;
  }
}
