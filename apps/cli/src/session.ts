import { type Call, createCall } from './client/call.ts';
import { CliError } from './client/cli-error.ts';
import { type CliConfig, readConfig, writeConfig } from './config/config-file.ts';
import type { CliEnvironment } from './env.ts';
import type { Io } from './output/io.ts';

/** DEFAULT_URL is where `npm start` serves the portal. */
const DEFAULT_URL = 'http://127.0.0.1:3000';

/** GlobalOptions stand before or after any command. */
export interface GlobalOptions {
  json?: boolean;
  url?: string;
  token?: string;
  team?: string;
}

/** Session is one call of the CLI: where to, as whom, for which team, and how to answer. */
export interface Session {
  io: Io;
  url: string;
  isJson: boolean;
  environment: CliEnvironment;
  config: CliConfig;
  call: Call;
  /** callPublic is for verbs that need no token. */
  callPublic: Call;
  /** token throws when nobody is signed in. */
  token(): string;
  /** team throws when it is not said which team is meant. */
  team(): string;
  saveConfig(change: Partial<CliConfig>): Promise<void>;
  /** print shows a value: as JSON for scripts, else as text for people. */
  print(value: unknown, text: () => string): void;
}

/** openSession puts options before the environment and the environment before the configuration file. */
export async function openSession(options: GlobalOptions, environment: CliEnvironment, io: Io): Promise<Session> {
  const config = await readConfig(environment.configPath);
  const url = (options.url ?? environment.url ?? config.url ?? DEFAULT_URL).replace(/\/+$/, '');
  // A token kept for one address is never sent to another.
  const kept = url === config.url ? config.token : undefined;
  const token = options.token ?? environment.token ?? kept ?? null;
  const requireToken = () => {
    if (token === null) throw new CliError('not_signed_in', `Nobody is signed in at ${url}. Run \`slipway login\`.`);
    return token;
  };
  return {
    io,
    url,
    isJson: options.json === true,
    environment,
    config,
    call: (contract, input) => createCall({ url, token: requireToken() })(contract, input),
    callPublic: createCall({ url, token: null }),
    token: requireToken,
    team() {
      const team = options.team ?? environment.team ?? config.team;
      if (team !== undefined) return team;
      // Signing in also chooses a team, so that is said first.
      requireToken();
      throw new CliError('usage', 'Say which team: --team <slug>, SLIPWAY_TEAM or `slipway teams use <slug>`.');
    },
    saveConfig: (change) => writeConfig(environment.configPath, Object.assign(config, change)),
    print(value, text) {
      io.out(options.json === true ? `${JSON.stringify(value, null, 2)}\n` : `${text()}\n`);
    },
  };
}
