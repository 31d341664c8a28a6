import { type Database, publish, saveImportProgress, withTransaction } from '@slipway/db';

// Often enough for a moving bar, rarely enough for the database.
const INTERVAL_MILLIS = 500;

/** ImportAbandoned says that the version was deleted, or ended, while its bytes were coming. */
export class ImportAbandoned extends Error {}

/** ImportProgress counts passing bytes and writes the count at most twice a second. */
export class ImportProgress {
  readonly #db: Database;
  readonly #version: { id: string; teamId: string };
  readonly #now: () => Date;
  #transferredBytes = 0;
  #totalBytes: number | null = null;
  #writtenAt = 0;

  constructor(db: Database, version: { id: string; teamId: string }, now: () => Date) {
    this.#db = db;
    this.#version = version;
    this.#now = now;
  }

  get totalBytes(): number | null {
    return this.#totalBytes;
  }

  async setTotal(totalBytes: number | null): Promise<void> {
    this.#totalBytes = totalBytes;
    await this.#write();
  }

  /** count yields the same chunks. Throws ImportAbandoned when nobody waits for them any more. */
  async *count(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#transferredBytes += chunk.length;
      if (this.#now().getTime() - this.#writtenAt >= INTERVAL_MILLIS) await this.#write();
      yield chunk;
    }
  }

  async #write(): Promise<void> {
    this.#writtenAt = this.#now().getTime();
    const progress = { transferredBytes: this.#transferredBytes, totalBytes: this.#totalBytes };
    const isWanted = await withTransaction(this.#db, async (tx) => {
      await publish(tx, { noun: 'registry', id: this.#version.id, teamId: this.#version.teamId });
      return saveImportProgress(tx, this.#version.id, progress);
    });
    if (!isWanted) throw new ImportAbandoned();
  }
}
