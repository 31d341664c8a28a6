import { conflict } from '@slipway/domain';
import type { Database } from './database.ts';
import { Prisma } from './generated/client.ts';

/** Tx is an open transaction; stores also take `db.prisma`, which has the same methods. */
export type Tx = Prisma.TransactionClient;

// Long enough for a queue of writers behind one lock on a busy machine, short enough to show a lock that is never let go.
const MAX_WAIT_MS = 10_000;
const TIMEOUT_MS = 20_000;

const UNIQUE_VIOLATION = 'P2002';
// Postgres ended one of several transactions that waited for each other; nothing of it was kept, so it can be tried again.
const DEADLOCK = 'P2034';
const MAX_ATTEMPTS = 3;

/**
 * withTransaction runs `work` in one transaction: all of it is kept, or, when it throws, none.
 * After a deadlock `work` is run again, so it must touch nothing but the transaction.
 * Two who make the same thing at once: the second gets a conflict.
 */
export async function withTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.prisma.$transaction(work, { maxWait: MAX_WAIT_MS, timeout: TIMEOUT_MS });
    } catch (error) {
      if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === UNIQUE_VIOLATION) {
        throw conflict('Something of that name was made at the same moment: look again.');
      }
      if (!isDeadlock(error) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** isDeadlock knows a deadlock also when raw SQL met it, which Prisma reports by Postgres' own code. */
function isDeadlock(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === DEADLOCK || /40P01|deadlock detected/.test(error.message);
}
