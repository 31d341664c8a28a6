import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CliError } from '../client/cli-error.ts';

const configSchema = z.object({
  url: z.string().optional(),
  token: z.string().optional(),
  email: z.string().optional(),
  team: z.string().optional(),
  /** apiKeys are the keys that `chat` made, by address and team. */
  apiKeys: z.record(z.string(), z.string()).default({}),
});
/** CliConfig is what the CLI remembers between calls. */
export type CliConfig = z.output<typeof configSchema>;

/** readConfig reads the configuration file; there may be none. */
export async function readConfig(path: string): Promise<CliConfig> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { apiKeys: {} };
    throw error;
  }
  try {
    return configSchema.parse(JSON.parse(text));
  } catch {
    throw new CliError('usage', `${path} is not a configuration of slipway. Correct or remove it.`);
  }
}

/** writeConfig replaces the configuration file; only its owner may read it, since it holds secrets. */
export async function writeConfig(path: string, config: CliConfig): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  await rename(part, path);
}
