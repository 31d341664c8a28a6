import { join } from 'node:path';
import { createDatabase, createLocalArtifactStore, migrate } from '@slipway/db';
import { seedFirstRun } from '@slipway/use-cases/access';
import { root } from './bootstrap.mjs';
import type { LocalConfig } from './env.ts';

/** Seeded is who may sign in first; the password is there only when it was made just now. */
export interface Seeded {
  adminEmail: string;
  oneTimePassword: string | null;
}

/** bringUpToDate applies the migrations and makes what the first run needs; both do nothing when done before. */
export async function bringUpToDate(config: LocalConfig, databaseUrl: string): Promise<Seeded> {
  await migrate(databaseUrl, join(root, 'prisma/migrations'));
  const db = createDatabase(databaseUrl);
  const deps = {
    db,
    artifacts: createLocalArtifactStore(config.dataDir),
    dataDir: config.dataDir,
    now: () => new Date(),
    gatewayUrl: `http://localhost:${config.gatewayPort}`,
    allowedModelPaths: [],
  };
  try {
    return await seedFirstRun(deps, {
      adminEmail: config.adminEmail,
      adminPassword: config.adminPassword ?? undefined,
    });
  } finally {
    await db.close();
  }
}
