import { resolve } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  DATABASE_URL: z.string().min(1, 'DATABASE_URL is missing: `npm start` sets it, or give the address of a Postgres.'),
  SLIPWAY_DATA_DIR: z.string().default('.slipway'),
  SLIPWAY_PORTAL_PORT: z.coerce.number().int().default(3000),
  SLIPWAY_GATEWAY_PORT: z.coerce.number().int().default(8080),
  SLIPWAY_GATEWAY_URL: z.url().optional(),
  SLIPWAY_PUBLIC_URL: z.url().optional(),
  SLIPWAY_AUTH_SECRET: z.string().min(32, 'SLIPWAY_AUTH_SECRET needs at least 32 characters.').optional(),
  SLIPWAY_MODEL_PATHS: z.string().default(''),
});

/** PortalEnv is what the portal takes from its environment. */
export interface PortalEnv {
  databaseUrl: string;
  dataDir: string;
  portalPort: number;
  /** gatewayUrl is where the portal and its users reach the gateway. */
  gatewayUrl: string;
  /** publicUrl is set where the portal stands behind a name of its own; https makes its cookies secure. */
  publicUrl: string | null;
  authSecret: string | null;
  /** allowedModelPaths are the directories a model may be registered from, separated by colons. */
  allowedModelPaths: string[];
}

let read: PortalEnv | undefined;

/** readPortalEnv reads and checks the environment once. Throws a sentence that names the variable at fault. */
export function readPortalEnv(): PortalEnv {
  if (read !== undefined) return read;
  const parsed = schema.safeParse(process.env);
  if (!parsed.success) throw new Error(parsed.error.issues.map((issue) => issue.message).join(' '));
  const env = parsed.data;
  read = {
    databaseUrl: env.DATABASE_URL,
    dataDir: resolve(env.SLIPWAY_DATA_DIR),
    portalPort: env.SLIPWAY_PORTAL_PORT,
    gatewayUrl: env.SLIPWAY_GATEWAY_URL ?? `http://localhost:${env.SLIPWAY_GATEWAY_PORT}`,
    publicUrl: env.SLIPWAY_PUBLIC_URL ?? null,
    authSecret: env.SLIPWAY_AUTH_SECRET ?? null,
    allowedModelPaths: env.SLIPWAY_MODEL_PATHS.split(':').filter((path) => path !== ''),
  };
  return read;
}
