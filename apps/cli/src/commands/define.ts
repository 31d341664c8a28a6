import { Command } from 'commander';
import type { CliEnvironment } from '../env.ts';
import type { Io } from '../output/io.ts';
import { type GlobalOptions, openSession, type Session } from '../session.ts';

/** Runtime is what every command works with. */
export interface Runtime {
  environment: CliEnvironment;
  io: Io;
  /** pause waits between two looks at something that is still going on. */
  pause: (millis: number) => Promise<void>;
  now: () => Date;
}

/** Handler is what a command does; `args` are as many as the command declares. */
export type Handler<Args extends readonly (string | undefined)[], Options> = (
  session: Session,
  args: Args,
  options: Options,
) => Promise<void>;

/** act makes a commander action of a handler. */
export function act<Args extends readonly (string | undefined)[], Options = object>(
  runtime: Runtime,
  handler: Handler<Args, Options>,
): (...values: unknown[]) => Promise<void> {
  return async (...values) => {
    const command = values.at(-1);
    if (!(command instanceof Command)) throw new TypeError('commander passes the command last');
    const options = command.optsWithGlobals<Options & GlobalOptions>();
    const session = await openSession(options, runtime.environment, runtime.io);
    await handler(session, command.processedArgs as unknown as Args, options);
  };
}
