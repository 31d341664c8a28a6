import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchRow, reportBench } from '../../../packages/testing/src/bench-report.ts';
import { root } from '../bootstrap.mjs';
import { readLocalConfig } from '../env.ts';

const PASSWORD = 'first-run-bench';
const EMAIL = 'admin@slipway.local';
const READY_TIMEOUT_MS = 15 * 60_000;

interface Stack {
  child: ChildProcess;
  secondsToReady: number;
}

/** main measures a clean clone: `npm start` to ready, to the first streamed token, and the same again for a second start. `--full` fetches the larger starter model too. */
async function main(): Promise<void> {
  const isFull = process.argv.includes('--full');
  const folder = mkdtempSync(join(tmpdir(), 'slipway-first-run-'));
  chmodSync(folder, 0o755);
  const clone = join(folder, 'slipway');
  const rows: BenchRow[] = [];
  try {
    execFileSync('git', ['clone', '-q', root, clone]);
    const ports = {
      portal: await freePort(),
      gateway: await freePort(),
      worker: await freePort(),
    };
    const env = {
      ...readLocalConfig().inherited,
      DATABASE_URL: undefined,
      SLIPWAY_DATA_DIR: join(clone, '.slipway'),
      SLIPWAY_PORTAL_PORT: String(ports.portal),
      SLIPWAY_GATEWAY_PORT: String(ports.gateway),
      SLIPWAY_WORKER_PORT: String(ports.worker),
      SLIPWAY_ADMIN_EMAIL: EMAIL,
      SLIPWAY_ADMIN_PASSWORD: PASSWORD,
      SLIPWAY_STARTER: isFull ? 'full' : 'tiny',
    };
    for (const name of ['first start, clean clone', 'second start']) {
      const startedAt = performance.now();
      const stack = await startStack(clone, env);
      rows.push({
        workload: `${name}: ready`,
        ours: stack.secondsToReady,
        anchor: null,
        unit: 's',
        goal: name === 'second start' ? '< 5' : '-',
      });
      const model = isFull ? 'platform/smollm2' : 'platform/tiny';
      await firstToken(ports, model);
      rows.push({
        workload: `${name}: first streamed token (${model})`,
        ours: seconds(startedAt),
        anchor: null,
        unit: 's',
        goal: '-',
      });
      await stopStack(stack.child, join(clone, '.slipway/slipway.pid'));
    }
    rows.push({
      workload: 'engine cold start: process to first token (tiny base)',
      ours: await engineColdStart(clone),
      anchor: null,
      unit: 's',
      goal: '< 2',
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  reportBench('first-run', rows);
}

function startStack(clone: string, env: Record<string, string | undefined>): Promise<Stack> {
  const startedAt = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: clone,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((done, fail) => {
    let text = '';
    const timer = setTimeout(() => fail(new Error(`not ready in time:\n${text}`)), READY_TIMEOUT_MS);
    child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.includes('Slipway is ready')) return;
      clearTimeout(timer);
      done({ child, secondsToReady: seconds(startedAt) });
    });
    child.once('exit', (code) => fail(new Error(`npm start ended with ${code}:\n${text}`)));
  });
}

/** stopStack waits for the stack itself: npm does not wait for what it started. */
async function stopStack(child: ChildProcess, pidFile: string): Promise<void> {
  child.removeAllListeners('exit');
  child.kill('SIGTERM');
  while (existsSync(pidFile)) await new Promise((done) => setTimeout(done, 50));
}

/** engineColdStart is the time from starting the engine's process to its first streamed token, in seconds. */
function engineColdStart(clone: string): Promise<number> {
  const startedAt = performance.now();
  const engine = join(clone, 'packages/engine');
  const args = [join(engine, 'bench/cold-start.ts'), join(engine, 'tiny-base/slipway-tiny.gguf'), '1'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((done, fail) => {
    let firstTokenSeconds: number | undefined;
    child.stdout.once('data', () => {
      firstTokenSeconds = seconds(startedAt);
    });
    child.once('exit', (code) =>
      firstTokenSeconds === undefined ? fail(new Error(`the engine ended with ${code}`)) : done(firstTokenSeconds),
    );
  });
}

/** firstToken goes the way a program goes: token, key, then a streamed chat that is tried until the endpoint is ready. */
async function firstToken(ports: { portal: number; gateway: number }, model: string): Promise<void> {
  const api = `http://127.0.0.1:${ports.portal}/api/v1`;
  const { token } = await post(`${api}/login`, {
    email: EMAIL,
    password: PASSWORD,
  });
  const { secret } = await post(`${api}/teams/platform/keys`, { name: `bench-${Date.now()}` }, token);
  for (const deadline = performance.now() + READY_TIMEOUT_MS; performance.now() < deadline; ) {
    const response = await fetch(`http://127.0.0.1:${ports.gateway}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        model,
        stream: true,
        max_tokens: 8,
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    });
    if (response.ok && response.body !== null) {
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        if (/"content":"[^"]+/.test(chunk)) return;
      }
    }
    await response.body?.cancel().catch(() => undefined);
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no token from ${model} in time`);
}

async function post(url: string, body: unknown, token?: string): Promise<Record<string, string>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json() as Promise<Record<string, string>>;
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10;
}

await main();
