import { fileURLToPath } from 'node:url';
import { openTestDatabase } from '@slipway/testing';
import { createDatabase, type Database } from '../database.ts';
import { migrate } from '../migrate.ts';

/** MIGRATIONS_DIR is the repository's prisma/migrations. */
export const MIGRATIONS_DIR = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url));

/** openMigratedDatabase gives one test a migrated database of its own; close drops it. Only for `*.db.test.ts`. */
export async function openMigratedDatabase(): Promise<Database & { url: string }> {
  const { url, close } = await openTestDatabase(async (templateUrl) => {
    await migrate(templateUrl, MIGRATIONS_DIR);
  });
  const db = createDatabase(url);
  return {
    ...db,
    url,
    close: async () => {
      await db.close();
      await close();
    },
  };
}
