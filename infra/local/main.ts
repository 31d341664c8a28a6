import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { root, step } from './bootstrap.mjs';
import type { Seeded } from './database.ts';
import { type LocalConfig, readLocalConfig } from './env.ts';
import { startEmbeddedPostgres } from './postgres.ts';
import { checkMachine, STOPPING } from './preflight.ts';
import { prepareCode } from './prepare.ts';
import { superviseProgram } from './supervise.ts';

const stops: (() => Promise<void>)[] = [];
let stopping: Promise<void> | undefined;
/** onStopping tells a start that comes too early to wait for this end. */
let onStopping: () => unknown = () => undefined;

/** stopAll ends what was started, newest first, once. */
function stopAll(): Promise<void> {
  stopping ??= (async () => {
    onStopping();
    for (const stop of stops.reverse()) await stop().catch((cause) => process.stderr.write(`  ${String(cause)}\n`));
  })();
  return stopping;
}

async function exitAfterStop(code: number): Promise<void> {
  await stopAll();
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping === undefined) process.stdout.write('\nStopping …\n');
    void exitAfterStop(0);
  });
}
// The starter was killed: nothing may stay behind.
process.on('disconnect', () => void exitAfterStop(0));

async function start(config: LocalConfig): Promise<void> {
  const startedAt = performance.now();
  process.stdout.write('\nSlipway\n');
  // 1. Refuse before anything is started.
  await checkMachine(config);
  const pidFile = join(config.dataDir, 'slipway.pid');
  writeFileSync(pidFile, String(process.pid));
  onStopping = () => existsSync(pidFile) && writeFileSync(pidFile, `${process.pid}\n${STOPPING}`);
  stops.push(async () => rmSync(pidFile, { force: true }));
  // 2. Code.
  await prepareCode();
  // 3. Database.
  const databaseUrl = config.databaseUrl ?? (await startOwnPostgres(config));
  // The database client exists only since step 2.
  const { bringUpToDate } = await import('./database.ts');
  const seeded = await step('Bringing the database up to date', () => bringUpToDate(config, databaseUrl));
  // 4. Processes; the gateway lives in the worker.
  const env = {
    ...config.inherited,
    DATABASE_URL: databaseUrl,
    SLIPWAY_DATA_DIR: config.dataDir,
    SLIPWAY_PORTAL_PORT: String(config.portalPort),
    SLIPWAY_GATEWAY_PORT: String(config.gatewayPort),
    SLIPWAY_WORKER_PORT: String(config.workerPort),
    SLIPWAY_STARTER: config.starter,
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production',
  };
  const logFile = (name: string) => join(config.dataDir, 'logs', `${name}.log`);
  await step('Starting portal, worker and gateway', async () => {
    const programs = [
      {
        name: 'The worker',
        args: [join(root, 'apps/worker/src/main.ts')],
        cwd: root,
        env,
        logFile: logFile('worker'),
        healthUrl: `http://127.0.0.1:${config.workerPort}/healthz`,
      },
      {
        name: 'The portal',
        args: [
          '--import',
          join(root, 'infra/local/end-with-parent.mjs'),
          join(root, 'apps/portal/node_modules/next/dist/bin/next'),
          'start',
          '-p',
          String(config.portalPort),
        ],
        cwd: join(root, 'apps/portal'),
        env,
        logFile: logFile('portal'),
        healthUrl: `http://127.0.0.1:${config.portalPort}/healthz`,
      },
    ];
    const results = await Promise.allSettled(programs.map(superviseProgram));
    stops.push(async () => {
      await Promise.all(results.map((result) => (result.status === 'fulfilled' ? result.value.stop() : undefined)));
    });
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  });
  printWelcome(config, seeded, (performance.now() - startedAt) / 1000);
}

async function startOwnPostgres(config: LocalConfig): Promise<string> {
  const server = await step('Starting Postgres', () => startEmbeddedPostgres(config.dataDir));
  stops.push(() => server.stop());
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const found = await client.query("SELECT 1 FROM pg_database WHERE datname = 'slipway'");
  if (found.rowCount === 0) await client.query('CREATE DATABASE slipway');
  await client.end();
  return server.url.replace(/\/postgres$/, '/slipway');
}

function printWelcome(config: LocalConfig, seeded: Seeded, seconds: number): void {
  const password = seeded.oneTimePassword === null ? [] : [`  One-time password  ${seeded.oneTimePassword}`];
  const lines = [
    '',
    `Slipway is ready after ${seconds.toFixed(1)} s`,
    `  Portal             http://localhost:${config.portalPort}`,
    `  Gateway            http://localhost:${config.gatewayPort}/v1`,
    `  Administrator      ${seeded.adminEmail}`,
    ...password,
    `  Data and logs      ${config.dataDir}`,
    '  Stop               Ctrl-C',
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

try {
  await start(readLocalConfig());
} catch (cause) {
  process.stderr.write(`\n${cause instanceof Error ? cause.message : String(cause)}\n`);
  await exitAfterStop(1);
}
