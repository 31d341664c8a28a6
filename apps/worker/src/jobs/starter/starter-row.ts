import { type Database, type StarterChange, saveStarterModel, withTransaction } from '@slipway/db';

/** PROGRESS_MS is often enough for a moving bar, rarely enough for the database. */
const PROGRESS_MS = 500;

/** StarterRow writes how far one starter model is. */
export interface StarterRow {
  save(change: Omit<StarterChange, 'name'>): Promise<void>;
  /** progress is written at most twice a second and never waited for; later saves come after it. */
  progress(change: { message: string; transferredBytes: number; totalBytes: number }): void;
}

/** createStarterRow keeps writes of one row in order. */
export function createStarterRow(db: Database, name: string, onError: (error: unknown) => void): StarterRow {
  let writtenAt = Number.NEGATIVE_INFINITY;
  let queue: Promise<void> = Promise.resolve();
  const write = (change: Omit<StarterChange, 'name'>) =>
    withTransaction(db, (tx) => saveStarterModel(tx, { name, ...change }));
  return {
    save(change) {
      const saved = queue.then(() => write(change));
      queue = saved.catch(() => undefined);
      return saved;
    },
    progress(change) {
      if (performance.now() - writtenAt < PROGRESS_MS) return;
      writtenAt = performance.now();
      queue = queue.then(() => write({ status: 'starting', ...change })).catch(onError);
    },
  };
}
