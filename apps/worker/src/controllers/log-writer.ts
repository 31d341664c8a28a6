import { appendLogLines, type Database, type NewLogLine, publish, trimLogLines } from '@slipway/db';
import type { Log } from '../telemetry/log.ts';
import { describeError } from '../telemetry/log.ts';

/** KEPT_LINES is how many lines an owner keeps: enough to see the last hours, too few to fill a disk. */
export const KEPT_LINES = 5_000;
/** TRIM_EVERY lines an owner is trimmed, so that trimming costs little. */
const TRIM_EVERY = 500;
const FLUSH_MS = 250;
/** BATCH_LINES keeps one insert far below the 65,535 values that Postgres takes. */
const BATCH_LINES = 2_000;
/** BUFFER_LIMIT lines wait at most while the database is away; beyond it the oldest are dropped, and a line says so. */
const BUFFER_LIMIT = 20_000;

/** LogLineInput is one line with the team that may see it. */
export interface LogLineInput extends NewLogLine {
  teamId: string;
}

/** LogWriter writes output lines in batches and keeps each owner's newest. */
export interface LogWriter {
  write(line: LogLineInput): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** createLogWriter collects lines for a moment and writes them together; watchers are told once a batch. */
export function createLogWriter(options: { db: Database; log: Log }): LogWriter {
  const { db, log } = options;
  let buffer: LogLineInput[] = [];
  let dropped = 0;
  let timer: NodeJS.Timeout | null = null;
  let turn: Promise<void> = Promise.resolve();
  const sinceTrim = new Map<string, number>();

  async function writeAll(): Promise<void> {
    let isWritten = true;
    while (isWritten && buffer.length > 0) isWritten = await writeBatch();
  }

  async function writeBatch(): Promise<boolean> {
    const batch = buffer.slice(0, BATCH_LINES);
    buffer = buffer.slice(BATCH_LINES);
    try {
      await db.prisma.$transaction(async (tx) => {
        await appendLogLines(
          tx,
          batch.map(({ teamId: _, ...line }) => line),
        );
        for (const owner of owners(batch)) {
          await publish(tx, {
            noun: owner.ownerKind === 'run' ? 'training' : 'serving',
            id: owner.ownerId,
            teamId: owner.teamId,
          });
        }
      });
      if (dropped > 0) log('warning', 'Output lines were dropped while the database was away.', { dropped });
      dropped = 0;
      await trim(batch);
      return true;
    } catch (error) {
      buffer = [...batch, ...buffer];
      dropped += Math.max(0, buffer.length - BUFFER_LIMIT);
      buffer = buffer.slice(-BUFFER_LIMIT);
      log('error', 'Output lines could not be written and wait.', {
        error: describeError(error),
        lines: buffer.length,
      });
      schedule(2_000);
      return false;
    }
  }

  async function trim(batch: readonly LogLineInput[]): Promise<void> {
    for (const owner of owners(batch)) {
      const key = `${owner.ownerKind}:${owner.ownerId}`;
      const count = (sinceTrim.get(key) ?? TRIM_EVERY) + owner.lines;
      if (count >= TRIM_EVERY) await trimLogLines(db.prisma, owner, KEPT_LINES);
      sinceTrim.set(key, count >= TRIM_EVERY ? 0 : count);
    }
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    turn = turn.then(writeAll);
    return turn;
  }

  function schedule(delay: number): void {
    timer ??= setTimeout(() => void flush(), delay);
  }

  return {
    write(line) {
      buffer.push(line);
      schedule(FLUSH_MS);
    },
    flush,
    async close() {
      await flush();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function owners(batch: readonly LogLineInput[]) {
  const byOwner = new Map<string, Pick<LogLineInput, 'ownerKind' | 'ownerId' | 'teamId'> & { lines: number }>();
  for (const { ownerKind, ownerId, teamId } of batch) {
    const key = `${ownerKind}:${ownerId}`;
    const known = byOwner.get(key) ?? { ownerKind, ownerId, teamId, lines: 0 };
    byOwner.set(key, { ...known, lines: known.lines + 1 });
  }
  return [...byOwner.values()];
}
