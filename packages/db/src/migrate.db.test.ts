import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diffFromDatabase } from '../scripts/schema-engine.mjs';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS_DIR, openMigratedDatabase } from './testing/index.ts';

let db: Database & { url: string };
beforeAll(async () => {
  db = await openMigratedDatabase();
});
afterAll(() => db.close());

describe('the migrated database', () => {
  test('is exactly what the Prisma schema says', async () => {
    expect(await diffFromDatabase(db.url)).toBe('');
  });

  test('is seen to differ when a column is missing, so that the check above can fail', async () => {
    const other = await openMigratedDatabase();
    await other.pool.query('ALTER TABLE "team" DROP COLUMN "name"');
    expect(await diffFromDatabase(other.url)).toContain('ADD COLUMN     "name"');
    await other.close();
  });

  test('keeps what Prisma cannot say: a deleted endpoint leaves its name free', async () => {
    const { rows } = await db.pool.query("SELECT indexdef FROM pg_indexes WHERE indexname = 'endpoint_live_name_key'");
    expect(rows[0]?.indexdef).toContain('WHERE ("deletedAt" IS NULL)');
  });

  test.each(['audit_entry', 'usage_record', 'slot_record', 'price'])(
    'refuses to change or shrink %s',
    async (table) => {
      const key = table === 'audit_entry' ? 'sequence' : table === 'usage_record' ? '"requestId"' : 'id';
      for (const sql of [`UPDATE ${table} SET ${key} = ${key}`, `DELETE FROM ${table}`, `TRUNCATE ${table}`]) {
        await expect(db.pool.query(sql)).rejects.toThrow(`${table} is append-only`);
      }
    },
  );
});

describe('migrate', () => {
  test('applied twice changes nothing', async () => {
    expect(await migrate(db.url, MIGRATIONS_DIR)).toEqual([]);
  });

  test('two at once apply each migration once', async () => {
    const dir = migrationDir({ '1_probe': 'CREATE TABLE probe_once (a int)' });
    const applied = await Promise.all([migrate(db.url, dir), migrate(db.url, dir)]);
    expect(applied.flat()).toEqual(['1_probe']);
    rmSync(dir, { recursive: true });
  });

  test('a failing migration leaves nothing behind and is named', async () => {
    const dir = migrationDir({ '2_broken': 'CREATE TABLE half (a int); SELECT nonsense' });
    await expect(migrate(db.url, dir)).rejects.toThrow('Migration 2_broken failed: column "nonsense" does not exist');
    const { rows } = await db.pool.query("SELECT to_regclass('half') AS half");
    expect(rows[0]?.half).toBeNull();
    rmSync(dir, { recursive: true });
  });

  test('a migration edited after it was applied is refused', async () => {
    const dir = migrationDir({ '3_edited': 'SELECT 1' });
    await migrate(db.url, dir);
    writeFileSync(join(dir, '3_edited', 'migration.sql'), 'SELECT 2');
    await expect(migrate(db.url, dir)).rejects.toThrow('Migration 3_edited was changed after it was applied');
    rmSync(dir, { recursive: true });
  });
});

function migrationDir(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-migrations-'));
  for (const [name, sql] of Object.entries(files)) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'migration.sql'), sql);
  }
  return dir;
}
