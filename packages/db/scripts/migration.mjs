import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../../../infra/local/postgres.ts';
import { migrate } from '../src/migrate.ts';
import { diffFromDatabase } from './schema-engine.mjs';

// Writes the next migration: what is missing between prisma/migrations and prisma/schema. Usage: pnpm --filter @slipway/db migration <name>
const name = process.argv[2];
if (name === undefined || !/^[a-z0-9_]+$/.test(name)) {
  console.error('Give the migration a name of lower-case letters, digits and underscores.');
  process.exit(1);
}
const migrationsDir = join(dirname(fileURLToPath(import.meta.url)), '../../../prisma/migrations');
const dataDir = mkdtempSync(join(tmpdir(), 'slipway-migration-'));
const server = await startEmbeddedPostgres(dataDir);
try {
  await migrate(server.url, migrationsDir);
  const sql = await diffFromDatabase(server.url);
  if (sql === '') {
    console.log('The migrations already give the schema.');
  } else {
    const stamp = new Date().toISOString().replace(/[-:T]/g, '').slice(0, 14);
    const dir = join(migrationsDir, `${stamp}_${name}`);
    mkdirSync(dir);
    writeFileSync(join(dir, 'migration.sql'), sql);
    console.log(`Written: ${join(dir, 'migration.sql')}`);
  }
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
