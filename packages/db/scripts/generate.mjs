import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Writes the Prisma client to src/generated. Plain Node 20 can run it: it comes before anything else of a fresh clone.
const packageDir = join(dirname(fileURLToPath(import.meta.url)), '..');
const prismaDir = dirname(createRequire(import.meta.url).resolve('prisma/package.json'));
// Generating needs no engine, but the CLI would download one unless it is told that one exists.
const settings = [
  `PRISMA_SCHEMA_ENGINE_BINARY=${process.execPath}`,
  'CHECKPOINT_DISABLE=1',
  'PRISMA_HIDE_UPDATE_MESSAGE=1',
];
const command = [process.execPath, join(prismaDir, 'build/index.js'), 'generate', ...process.argv.slice(2)];
const result = spawnSync('env', [...settings, ...command], { cwd: packageDir, encoding: 'utf8' });
if (result.status !== 0) {
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}\n`);
  process.exit(1);
}
process.stdout.write('Prisma client written to packages/db/src/generated\n');
