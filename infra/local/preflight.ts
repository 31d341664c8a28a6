import { accessSync, constants, existsSync, mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { LocalConfig } from './env.ts';

// Portal, worker, Postgres and one small engine together stay below this in the first run.
const NEEDED_MEMORY_BYTES = 1.5 * 1024 ** 3;
// Room for the database, the starter models and a first fine-tune.
const NEEDED_DISK_BYTES = 1 * 1024 ** 3;

/** STOPPING stands in the pid file while a Slipway ends. */
export const STOPPING = 'stopping';
// Longer than the programs get to end.
const STOP_WAIT_MS = 25_000;

/** checkMachine throws one sentence naming the remedy when Slipway cannot run here; it starts nothing. */
export async function checkMachine(config: LocalConfig): Promise<void> {
  checkDirectory(config.dataDir);
  await checkNotRunning(config);
  checkMemory();
  await checkPort(config.portalPort, 'SLIPWAY_PORTAL_PORT');
  await checkPort(config.gatewayPort, 'SLIPWAY_GATEWAY_PORT');
  await checkPort(config.workerPort, 'SLIPWAY_WORKER_PORT');
  if (config.databaseUrl !== null) await checkDatabase(config.databaseUrl);
}

function checkDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    accessSync(dataDir, constants.W_OK);
    writeFileSync(join(dataDir, '.probe'), '');
  } catch (cause) {
    throw new Error(
      `The data directory ${dataDir} cannot be written (${reason(cause)}): make it writable or set SLIPWAY_DATA_DIR to another one.`,
    );
  }
  const disk = statfsSync(dataDir);
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes < NEEDED_DISK_BYTES) {
    throw new Error(
      `Only ${gib(freeBytes)} GiB are free in ${dataDir} and ${gib(NEEDED_DISK_BYTES)} are needed: free some space or set SLIPWAY_DATA_DIR to another disk.`,
    );
  }
}

/** checkNotRunning waits for a Slipway that is just ending, and refuses beside one that runs. */
async function checkNotRunning(config: LocalConfig): Promise<void> {
  const file = join(config.dataDir, 'slipway.pid');
  for (const deadline = performance.now() + STOP_WAIT_MS; ; await setTimeout(100)) {
    const [pid = '', state] = readIfThere(file).split('\n');
    if (pid === '' || !isSlipway(Number(pid))) return;
    if (state !== STOPPING || performance.now() > deadline) {
      throw new Error(
        `Slipway already runs on this data (process ${pid}): open http://localhost:${config.portalPort}, or stop it with "kill ${pid}" first.`,
      );
    }
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** isSlipway says whether the process is a supervisor of ours; process numbers are used again. */
function isSlipway(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return existsSync('/proc/self')
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('infra/local/main.ts')
      : true;
  } catch {
    return false;
  }
}

function checkMemory(): void {
  const availableBytes = existsSync('/proc/meminfo')
    ? Number(/MemAvailable:\s+(\d+) kB/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) * 1024
    : freemem();
  if (availableBytes < NEEDED_MEMORY_BYTES) {
    throw new Error(
      `Only ${gib(availableBytes)} GiB of memory are available and Slipway needs ${gib(NEEDED_MEMORY_BYTES)}: close other programs or use a larger machine.`,
    );
  }
}

async function checkPort(port: number, variable: string): Promise<void> {
  await new Promise<void>((done, fail) => {
    const server = createServer();
    server.once('error', (cause: NodeJS.ErrnoException) =>
      fail(
        new Error(
          cause.code === 'EADDRINUSE'
            ? `Port ${port} is in use: stop what uses it, or set ${variable} to a free port.`
            : `Port ${port} cannot be used (${cause.message}): set ${variable} to another port.`,
        ),
      ),
    );
    server.listen(port, () => server.close(() => done()));
  });
}

async function checkDatabase(databaseUrl: string): Promise<void> {
  if (!/^postgres(ql)?:\/\//.test(databaseUrl))
    throw new Error('DATABASE_URL is not a PostgreSQL address: give postgresql://user:password@host:5432/database.');
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
  });
  try {
    await client.connect();
  } catch (cause) {
    throw new Error(
      `DATABASE_URL does not answer (${reason(cause)}): check host, port, name and password, or unset it to use the embedded Postgres.`,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

function reason(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reason).join(', ');
  return cause instanceof Error ? cause.message : String(cause);
}

function gib(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}
