import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readE2eConfig } from './env.ts';

const READY_TIMEOUT_MS = 180_000;

/** startStack runs `npm start`'s own program on a new data directory and waits for its welcome; the returned function ends it and removes the data. */
export default async function startStack(): Promise<() => Promise<void>> {
  const config = readE2eConfig();
  if (config.dataDir !== null) return async () => undefined;
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-e2e-'));
  chmodSync(dataDir, 0o711);
  const root = join(import.meta.dirname, '..');
  const child = spawn(process.execPath, [join(root, 'infra/local/main.ts')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...config.inherited,
      DATABASE_URL: undefined,
      SLIPWAY_DATA_DIR: dataDir,
      SLIPWAY_PORTAL_PORT: String(config.portalPort),
      SLIPWAY_GATEWAY_PORT: String(config.gatewayPort),
      SLIPWAY_WORKER_PORT: String(config.workerPort),
      SLIPWAY_ADMIN_EMAIL: config.adminEmail,
      SLIPWAY_ADMIN_PASSWORD: config.adminPassword,
      SLIPWAY_STARTER: 'tiny',
    },
  });
  await new Promise<void>((done, fail) => {
    let text = '';
    const timer = setTimeout(() => fail(new Error(`the stack was not ready in time:\n${text}`)), READY_TIMEOUT_MS);
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('Slipway is ready')) done(clearTimeout(timer));
    });
    child.once('exit', (code) => fail(new Error(`the stack ended with ${code}:\n${text}`)));
  });
  return async () => {
    const exited = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await exited;
    rmSync(dataDir, { recursive: true, force: true });
  };
}
