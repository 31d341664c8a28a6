import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { readE2eConfig } from '../env.ts';
import { waitFor } from '../support/rest.ts';

const config = readE2eConfig();
const START = join(import.meta.dirname, '../../infra/local/start.mjs');
const READY_TIMEOUT_MS = 90_000;
let dataDir: string;
let ports: Record<'SLIPWAY_PORTAL_PORT' | 'SLIPWAY_GATEWAY_PORT' | 'SLIPWAY_WORKER_PORT', string>;

test.beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'slipway-start-'));
  chmodSync(dataDir, 0o711);
  const [portal, gateway, worker] = await Promise.all([freePort(), freePort(), freePort()]);
  ports = { SLIPWAY_PORTAL_PORT: portal, SLIPWAY_GATEWAY_PORT: gateway, SLIPWAY_WORKER_PORT: worker };
});
test.afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

interface Started {
  child: ChildProcess;
  output: () => string;
  exited: Promise<number | null>;
}

function start(env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [START], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...config.inherited,
      DATABASE_URL: undefined,
      ...ports,
      SLIPWAY_DATA_DIR: dataDir,
      SLIPWAY_STARTER: 'tiny',
      ...env,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  return { child, output: () => text, exited };
}

const ready = (started: Started) =>
  waitFor(
    `ready, but it said: ${started.output()}`,
    async () => started.output().includes('Slipway is ready'),
    READY_TIMEOUT_MS,
  );

/** processesOf lists what still runs on a data directory, by the environment and the command line of every process. */
function processesOf(directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) =>
      [`/proc/${pid}/environ`, `/proc/${pid}/cmdline`].some((file) => contentOf(file).includes(directory)),
    );
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // the process ended meanwhile, or is somebody else's
    return '';
  }
}

function freePort(): Promise<string> {
  return new Promise((done) => {
    const server = createServer().listen(0, () => {
      const address = server.address();
      server.close(() => done(String(typeof address === 'object' && address !== null ? address.port : 0)));
    });
  });
}

test('the first start tells the address, the administrator and a one-time password, and Ctrl-C leaves nothing', async () => {
  const first = start();
  await ready(first);
  expect(first.output()).toContain(`http://localhost:${ports.SLIPWAY_PORTAL_PORT}`);
  expect(first.output()).toContain('admin@slipway.local');
  expect(first.output()).toMatch(/One-time password\s+\S{12,}/);
  // A terminal's Ctrl-C reaches the child of start.mjs by itself.
  const pid = Number.parseInt(readFileSync(join(dataDir, 'slipway.pid'), 'utf8'), 10);
  process.kill(pid, 'SIGINT');
  expect(await first.exited).toBe(0);
  expect(processesOf(dataDir)).toEqual([]);
});

test('a second start says so and changes nothing; kill -9 of the parent leaves no children, and the next start recovers', async () => {
  const running = start();
  await ready(running);
  expect(running.output()).not.toContain('One-time password');
  const second = start();
  expect(await second.exited).toBe(1);
  expect(second.output()).toMatch(/already runs/);

  process.kill(Number.parseInt(readFileSync(join(dataDir, 'slipway.pid'), 'utf8'), 10), 'SIGKILL');
  await running.exited;
  // The database alone lives on, to be taken over.
  await waitFor(
    'the children to end',
    async () => processesOf(dataDir).every((pid) => contentOf(`/proc/${pid}/cmdline`).includes('postgres')),
    15_000,
  );
  const recovered = start();
  await ready(recovered);
  recovered.child.kill('SIGTERM');
  await recovered.exited;
  await waitFor('everything to end', async () => processesOf(dataDir).length === 0, 15_000);
});

const occupy = (): Promise<Server> =>
  new Promise((done) => {
    const server = createServer().listen(0, () => done(server));
  });

test('what is wrong with the machine is one sentence that names the remedy, and nothing is half-started', async () => {
  const server = await occupy();
  const address = server.address();
  const busyPort = String(typeof address === 'object' && address !== null ? address.port : 0);
  const file = join(dataDir, 'a-file');
  writeFileSync(file, '');
  const cases: [Record<string, string>, RegExp][] = [
    [{ SLIPWAY_GATEWAY_PORT: busyPort }, /Port \d+ is in use: .*SLIPWAY_GATEWAY_PORT/],
    [{ SLIPWAY_PORTAL_PORT: 'seventy' }, /SLIPWAY_PORTAL_PORT=seventy is not a port/],
    [{ SLIPWAY_DATA_DIR: join(file, 'below') }, /cannot be written.*SLIPWAY_DATA_DIR/],
    [{ DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' }, /DATABASE_URL does not answer/],
    [{ DATABASE_URL: 'mysql://localhost/x' }, /DATABASE_URL is not a PostgreSQL address/],
  ];
  for (const [env, says] of cases) {
    const refused = start(env);
    expect(await refused.exited, refused.output()).toBe(1);
    expect(refused.output()).toMatch(says);
  }
  server.close();
  expect(processesOf(dataDir)).toEqual([]);
});
