import { createDatabase, createLocalArtifactStore } from '@slipway/db';
import type { Deps } from '@slipway/use-cases/deps';
import { readPortalEnv } from './env.ts';

const holder = globalThis as { slipwayDeps?: Deps };

/** getDeps gives the portal's one set of dependencies; development reloads modules, so it is kept on the process. */
export function getDeps(): Deps {
  const env = readPortalEnv();
  holder.slipwayDeps ??= {
    db: createDatabase(env.databaseUrl),
    artifacts: createLocalArtifactStore(env.dataDir),
    dataDir: env.dataDir,
    now: () => new Date(),
    gatewayUrl: env.gatewayUrl,
    allowedModelPaths: env.allowedModelPaths,
  };
  return holder.slipwayDeps;
}
