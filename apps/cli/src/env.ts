import { homedir } from 'node:os';
import { join } from 'node:path';

/** CliEnvironment is what the environment says; each may be overridden by an option. */
export interface CliEnvironment {
  url: string | undefined;
  token: string | undefined;
  team: string | undefined;
  apiKey: string | undefined;
  /** gatewayUrl replaces the address that the portal gives for the gateway. */
  gatewayUrl: string | undefined;
  configPath: string;
}

/** readEnvironment reads the environment; empty variables count as unset. */
export function readEnvironment(source: Record<string, string | undefined> = process.env): CliEnvironment {
  const configHome = source.XDG_CONFIG_HOME || join(source.HOME || homedir(), '.config');
  return {
    url: source.SLIPWAY_URL || undefined,
    token: source.SLIPWAY_TOKEN || undefined,
    team: source.SLIPWAY_TEAM || undefined,
    apiKey: source.SLIPWAY_API_KEY || undefined,
    gatewayUrl: source.SLIPWAY_GATEWAY_URL || undefined,
    configPath: join(configHome, 'slipway', 'config.json'),
  };
}
