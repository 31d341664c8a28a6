/** E2eConfig is where the journeys' stack listens. */
export interface E2eConfig {
  browser: string;
  portalPort: number;
  gatewayPort: number;
  workerPort: number;
  portalUrl: string;
  gatewayUrl: string;
  adminEmail: string;
  adminPassword: string;
  dataDir: string | null;
  /** inherited is the rest of the environment, for the stack. */
  inherited: Record<string, string | undefined>;
}

/** readE2eConfig reads the journeys' environment; the ports are away from the defaults, so that a running Slipway is left alone. */
export function readE2eConfig(): E2eConfig {
  const env = process.env;
  const portalPort = Number(env.SLIPWAY_E2E_PORTAL_PORT ?? 3900);
  const gatewayPort = Number(env.SLIPWAY_E2E_GATEWAY_PORT ?? 8980);
  return {
    browser: env.SLIPWAY_E2E_BROWSER ?? '/usr/bin/chromium',
    portalPort,
    gatewayPort,
    workerPort: Number(env.SLIPWAY_E2E_WORKER_PORT ?? 9990),
    portalUrl: `http://localhost:${portalPort}`,
    gatewayUrl: `http://localhost:${gatewayPort}`,
    adminEmail: 'admin@slipway.local',
    adminPassword: 'correct-horse-battery',
    dataDir: env.SLIPWAY_E2E_DATA_DIR ?? null,
    inherited: env,
  };
}
