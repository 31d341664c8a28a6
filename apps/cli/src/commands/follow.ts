import type { Condition, Status } from '@slipway/domain';
import { CliError } from '../client/cli-error.ts';
import { time } from '../output/format.ts';
import type { Session } from '../session.ts';
import type { Runtime } from './define.ts';

/** POLL_MS is how often something that is still going on is looked at. */
const POLL_MS = 1_000;

/** Watched is what --wait looks at. */
export interface Watched {
  status: Status;
  condition: Condition | null;
}

/** waitUntil looks until the status is a wanted one. Throws with the reason when it is one that cannot get there. */
export async function waitUntil<T extends Watched>(
  runtime: Runtime,
  session: Session,
  watch: {
    look: () => Promise<T>;
    wanted: readonly Status[];
    ended: readonly Status[];
    describe: (thing: T) => string;
  },
): Promise<T> {
  for (;;) {
    const thing = await watch.look();
    session.io.progress(watch.describe(thing));
    const isWanted = watch.wanted.includes(thing.status);
    if (isWanted || watch.ended.includes(thing.status)) {
      session.io.progress('');
      if (isWanted) return thing;
      throw new CliError('unexpected', `It is ${thing.status}: ${thing.condition?.message ?? 'no reason was given.'}`);
    }
    await runtime.pause(POLL_MS);
  }
}

interface LogLine {
  sequence: number;
  at: string;
  source: string;
  text: string;
}

/** LogSource is where log lines are read from. */
export interface LogSource {
  read: (after: number) => Promise<{ items: LogLine[] }>;
  /** isOver says that no line will come any more. */
  isOver: () => Promise<boolean>;
  isFollowing: boolean;
}

/** printLogs prints all lines there are, and with `isFollowing` those to come. */
export async function printLogs(runtime: Runtime, session: Session, source: LogSource): Promise<void> {
  let after = 0;
  for (;;) {
    // Asked before reading: lines written meanwhile are then still read.
    const isOver = !source.isFollowing || (await source.isOver());
    let count: number;
    do {
      const { items } = await source.read(after);
      count = items.length;
      for (const line of items) {
        after = line.sequence;
        session.io.out(session.isJson ? `${JSON.stringify(line)}\n` : `${time(line.at)} ${line.source} ${line.text}\n`);
      }
    } while (count > 0);
    if (isOver) return;
    await runtime.pause(POLL_MS);
  }
}
