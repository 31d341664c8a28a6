import { spawn } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, step } from './bootstrap.mjs';

// What the portal's build is made from.
const PORTAL_SOURCES = [
  'apps/portal',
  'packages/api',
  'packages/use-cases',
  'packages/db',
  'packages/domain',
  'packages/templates',
  'packages/ui',
  'prisma/schema',
  'pnpm-lock.yaml',
];
const SKIPPED = new Set(['node_modules', '.next', '.turbo', 'generated', 'README.md']);

/** prepareCode makes what the sources need before they run: the database client, the engine's kernels and the portal's build. Each is skipped when nothing changed. */
export async function prepareCode(): Promise<void> {
  await whenChanged(['prisma/schema', 'pnpm-lock.yaml'], 'packages/db/src/generated/.stamp', () =>
    step('Generating the database client', () => run(['packages/db/scripts/generate.mjs'], root)),
  );
  await whenChanged(
    ['packages/engine/native', 'pnpm-lock.yaml'],
    'packages/engine/node_modules/.cache/kernels/.stamp',
    () => step("Compiling the engine's kernels", () => run(['packages/engine/scripts/build-kernels.ts'], root)),
  );
  await whenChanged(PORTAL_SOURCES, 'apps/portal/.next/slipway.stamp', () =>
    step('Building the portal', () =>
      run([join(root, 'apps/portal/node_modules/next/dist/bin/next'), 'build'], join(root, 'apps/portal')),
    ),
  );
}

async function whenChanged(sources: string[], stamp: string, work: () => Promise<void>): Promise<void> {
  const hash = createHash('sha256');
  for (const source of sources) addToHash(hash, source);
  const wanted = hash.digest('hex');
  const stampFile = join(root, stamp);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  await work();
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, wanted);
}

/** addToHash takes name, size and time of each file: reading every byte at each start would cost more than it saves. */
function addToHash(hash: Hash, path: string): void {
  const full = join(root, path);
  const stat = statSync(full);
  if (!stat.isDirectory()) {
    hash.update(`${path}:${stat.size}:${stat.mtimeMs}\n`);
    return;
  }
  for (const entry of readdirSync(full).sort()) {
    if (!SKIPPED.has(entry) && !/\.test\.tsx?$|\.d\.ts$|\.tsbuildinfo$/.test(entry)) addToHash(hash, join(path, entry));
  }
}

function run(args: string[], cwd: string): Promise<void> {
  return new Promise((done, fail) => {
    let text = '';
    const child = spawn(process.execPath, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const end = () => child.kill();
    process.once('exit', end);
    child.once('error', fail);
    child.once('close', (code) =>
      code === 0
        ? done()
        : fail(new Error(`${args[0]} ended with ${code}:\n${text.trim().split('\n').slice(-20).join('\n')}`)),
    );
  });
}
