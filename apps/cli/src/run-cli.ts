import { Command, CommanderError } from 'commander';
import { CliError, EXIT_CODES } from './client/cli-error.ts';
import { registerAccess } from './commands/access.ts';
import { registerChat } from './commands/chat.ts';
import type { Runtime } from './commands/define.ts';
import { registerEndpoints } from './commands/endpoints.ts';
import { registerMetering } from './commands/metering.ts';
import { registerModels } from './commands/models.ts';
import { registerQuota } from './commands/quota.ts';
import { registerRollout } from './commands/rollout.ts';
import { registerTraining } from './commands/training.ts';

const EXIT_HELP = `
Exit codes: 0 done, 1 unexpected, 2 usage, 3 not signed in, 4 not allowed, 5 not found,
6 conflict or quota, 7 invalid input, 8 not reachable or busy.`;

/** createProgram declares every command. */
export function createProgram(runtime: Runtime): Command {
  const program = new Command('slipway')
    .description('Machine learning on your own GPUs, from a terminal.')
    .option('--json', 'answer with JSON')
    .option('--url <url>', 'address of the portal (SLIPWAY_URL)')
    .option('--token <token>', 'personal access token (SLIPWAY_TOKEN)')
    .option('--team <slug>', 'team (SLIPWAY_TEAM)')
    .addHelpText('after', EXIT_HELP)
    .showHelpAfterError('(add --help for what there is)')
    .configureOutput({ writeOut: runtime.io.out, writeErr: (text) => runtime.io.note(text.trimEnd()) })
    .exitOverride();
  registerAccess(program, runtime);
  registerQuota(program, runtime);
  registerModels(program, runtime);
  registerTraining(program, runtime);
  registerEndpoints(program, runtime);
  registerChat(program, runtime);
  registerRollout(program, runtime);
  registerMetering(program, runtime);
  return program;
}

/** runCli runs one command line and answers the exit code. */
export async function runCli(args: readonly string[], runtime: Runtime): Promise<number> {
  try {
    await createProgram(runtime).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.usage;
    runtime.io.note(`slipway: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT_CODES[error instanceof CliError ? error.kind : 'unexpected'];
  }
}
