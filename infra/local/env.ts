import { resolve } from 'node:path';

/** LocalConfig is what `npm start` takes from the environment; everything has a default. */
export interface LocalConfig {
  databaseUrl: string | null;
  dataDir: string;
  portalPort: number;
  gatewayPort: number;
  workerPort: number;
  adminEmail: string;
  adminPassword: string | null;
  starter: 'off' | 'tiny' | 'full';
  /** inherited is the rest of the environment, handed to the children. */
  inherited: Record<string, string | undefined>;
}

/** readLocalConfig reads the environment once. Throws a sentence that names the variable at fault. */
export function readLocalConfig(): LocalConfig {
  const env = process.env;
  const port = (name: string, fallback: number) => {
    const text = env[name] ?? String(fallback);
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > 65_535)
      throw new Error(`${name}=${text} is not a port: give a number from 1 to 65535.`);
    return value;
  };
  const starter = env.SLIPWAY_STARTER ?? 'full';
  if (starter !== 'off' && starter !== 'tiny' && starter !== 'full')
    throw new Error(`SLIPWAY_STARTER=${starter}: give off, tiny or full.`);
  return {
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: resolve(env.SLIPWAY_DATA_DIR ?? '.slipway'),
    portalPort: port('SLIPWAY_PORTAL_PORT', 3000),
    gatewayPort: port('SLIPWAY_GATEWAY_PORT', 8080),
    workerPort: port('SLIPWAY_WORKER_PORT', 9090),
    adminEmail: env.SLIPWAY_ADMIN_EMAIL ?? 'admin@slipway.local',
    adminPassword: env.SLIPWAY_ADMIN_PASSWORD ?? null,
    starter,
    inherited: env,
  };
}
