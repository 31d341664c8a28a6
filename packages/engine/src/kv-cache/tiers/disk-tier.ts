import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BlockHash } from '../block-hash.ts';
import { blockFileBytes, decodeBlockFile, encodeBlockFile } from './block-file.ts';

/** DiskTierOptions: the directory belongs to one model and one way of computing it. */
export interface DiskTierOptions {
  directory: string;
  budgetBytes: number;
  /** maxPendingBytes may wait in memory to be written (default 16 MiB); what comes on top is not kept. */
  maxPendingBytes?: number;
}

interface Write {
  content: Uint8Array;
}

// Some milliseconds of a disk's time: more would be memory outside every budget.
const DEFAULT_PENDING_BYTES = 16 * 1024 * 1024;
const FILE_NAME = /^([\w-]{22})\.kv$/;
const TEMPORARY_SUFFIX = '.tmp';
// Writing a block takes milliseconds, so a file this old is of a process that was killed.
const ABANDONED_MS = 60_000;

/**
 * DiskTier keeps blocks as files, at most `budgetBytes` of them, giving up the least recently used. It finds them again after
 * a restart. Several processes may share a directory, each counting what it knows of. Trouble with the disk turns the tier
 * off with a reason; no method throws.
 */
export class DiskTier {
  readonly budgetBytes: number;
  bytes = 0;
  evictions = 0;
  /** dropped blocks were not written, because too many were waiting to be. */
  dropped = 0;
  /** damaged files were found, and removed. */
  damaged = 0;
  /** offReason is why nothing is kept any more, or null. */
  offReason: string | null = null;
  private readonly directory: string;
  private readonly maxPendingBytes: number;
  // The first entry is the least recently used.
  private readonly sizes = new Map<BlockHash, number>();
  private readonly pending = new Map<BlockHash, Write>();
  private pendingBytes = 0;
  // One write and one read at a time: the thread pool that does them also computes the steps.
  private writes: Promise<void> = Promise.resolve();
  private reads: Promise<unknown> = Promise.resolve();

  private constructor(options: DiskTierOptions) {
    this.directory = options.directory;
    this.budgetBytes = options.budgetBytes;
    this.maxPendingBytes = options.maxPendingBytes ?? DEFAULT_PENDING_BYTES;
  }

  /** open finds the blocks of earlier processes; a directory that cannot be used gives a tier that is off. */
  static async open(options: DiskTierOptions): Promise<DiskTier> {
    const tier = new DiskTier(options);
    try {
      await mkdir(options.directory, { recursive: true, mode: 0o700 });
      await tier.readDirectory();
    } catch (cause) {
      tier.turnOff(cause);
    }
    return tier;
  }

  get blocks(): number {
    return this.sizes.size;
  }

  /** has says whether a block should be here; reading it may still show that it is not. */
  has(hash: BlockHash): boolean {
    return this.sizes.has(hash);
  }

  /** touch counts as a use. */
  touch(hash: BlockHash): void {
    const size = this.sizes.get(hash);
    if (size === undefined) return;
    this.sizes.delete(hash);
    this.sizes.set(hash, size);
  }

  /** put writes a block soon; it is readable at once. */
  put(hash: BlockHash, content: Uint8Array): void {
    this.touch(hash);
    if (this.offReason !== null || this.sizes.has(hash)) return;
    const size = blockFileBytes(content);
    if (size > this.budgetBytes || this.pendingBytes + size > this.maxPendingBytes) {
      this.dropped += 1;
      return;
    }
    this.makeRoom(size);
    const write = { content };
    this.sizes.set(hash, size);
    this.bytes += size;
    this.pending.set(hash, write);
    this.pendingBytes += size;
    this.enqueue(() => this.write(hash, write));
  }

  /** get reads a block; null when it is not there, or damaged. */
  get(hash: BlockHash): Promise<Uint8Array | null> {
    const waiting = this.pending.get(hash);
    if (waiting !== undefined) return Promise.resolve(waiting.content);
    const read = this.reads.then(() => this.read(hash));
    this.reads = read;
    return read;
  }

  /** remove forgets a block and its file. */
  remove(hash: BlockHash): void {
    const size = this.sizes.get(hash);
    if (size === undefined) return;
    this.forget(hash, size);
    this.enqueue(() => rm(this.pathOf(hash), { force: true }));
  }

  /** settled resolves when everything that was put is on the disk. */
  async settled(): Promise<void> {
    await this.writes;
  }

  private async readDirectory(): Promise<void> {
    const found: { hash: BlockHash; size: number; usedMs: number }[] = [];
    for (const name of await readdir(this.directory)) {
      const file = path.join(this.directory, name);
      const hash = FILE_NAME.exec(name)?.[1];
      const isTemporary = name.endsWith(TEMPORARY_SUFFIX);
      if (hash === undefined && !isTemporary) continue;
      // Another process may have removed it since.
      const entry = await stat(file).catch(() => null);
      if (entry === null) continue;
      if (hash !== undefined) found.push({ hash, size: entry.size, usedMs: entry.mtimeMs });
      else if (Date.now() - entry.mtimeMs > ABANDONED_MS) await rm(file, { force: true });
    }
    for (const { hash, size } of found.toSorted((left, right) => left.usedMs - right.usedMs)) {
      this.sizes.set(hash, size);
      this.bytes += size;
    }
    this.makeRoom(0);
  }

  private makeRoom(size: number): void {
    for (const oldest of this.sizes.keys()) {
      if (this.bytes + size <= this.budgetBytes) return;
      this.remove(oldest);
      this.evictions += 1;
    }
  }

  private async write(hash: BlockHash, write: Write): Promise<void> {
    if (this.pending.get(hash) !== write) return;
    const temporary = path.join(this.directory, `${randomUUID()}${TEMPORARY_SUFFIX}`);
    await writeFile(temporary, encodeBlockFile(hash, write.content), { mode: 0o600 });
    await rename(temporary, this.pathOf(hash));
    if (this.pending.get(hash) === write) this.forgetPending(hash, write);
  }

  private async read(hash: BlockHash): Promise<Uint8Array | null> {
    if (!this.sizes.has(hash)) return null;
    try {
      const content = decodeBlockFile(hash, await readFile(this.pathOf(hash)));
      if (content === null) {
        this.damaged += 1;
        this.remove(hash);
        return null;
      }
      this.touch(hash);
      // The order of use survives a restart as the time of the file.
      const now = new Date();
      await utimes(this.pathOf(hash), now, now).catch(() => undefined);
      return content;
    } catch (cause) {
      // Another process, or a person, may have removed it.
      if (isMissing(cause)) this.remove(hash);
      else this.turnOff(cause);
      return null;
    }
  }

  private enqueue(action: () => Promise<void>): void {
    this.writes = this.writes
      .then(() => (this.offReason === null ? action() : undefined))
      .catch((cause) => this.turnOff(cause));
  }

  private forget(hash: BlockHash, size: number): void {
    this.sizes.delete(hash);
    this.bytes -= size;
    const waiting = this.pending.get(hash);
    if (waiting !== undefined) this.forgetPending(hash, waiting);
  }

  private forgetPending(hash: BlockHash, { content }: Write): void {
    this.pending.delete(hash);
    this.pendingBytes -= blockFileBytes(content);
  }

  private turnOff(cause: unknown): void {
    this.offReason ??= cause instanceof Error ? cause.message : String(cause);
    this.sizes.clear();
    this.pending.clear();
    this.bytes = 0;
    this.pendingBytes = 0;
  }

  private pathOf(hash: BlockHash): string {
    return path.join(this.directory, `${hash}.kv`);
  }
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
