import type { BlockHash } from './block-hash.ts';

/** BlockId is the index of a block in the KV memory. */
export type BlockId = number;

/** BlockCounts splits the pool: `used` by a sequence, `cached` content that nobody uses, `free` without content. */
export interface BlockCounts {
  total: number;
  free: number;
  cached: number;
  used: number;
}

/** EvictedBlock is cached content that was given up; it is in the memory until the runner drops the block. */
export interface EvictedBlock {
  block: BlockId;
  hash: BlockHash;
}

const NONE = -1;

/** BlockPool counts the users of every block and hands out blocks: free ones first, then the least recently used cached one. */
export class BlockPool {
  readonly total: number;
  private readonly users: Int32Array;
  private readonly hashes: (BlockHash | undefined)[];
  private readonly byHash = new Map<BlockHash, BlockId>();
  private readonly free: BlockId[];
  // Cached blocks form a doubly linked list, oldest first, so that reviving one in the middle is O(1).
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private oldest = NONE;
  private newest = NONE;
  private cachedCount = 0;

  constructor(total: number) {
    this.total = total;
    this.users = new Int32Array(total);
    this.hashes = new Array<BlockHash | undefined>(total).fill(undefined);
    this.next = new Int32Array(total).fill(NONE);
    this.previous = new Int32Array(total).fill(NONE);
    this.free = Array.from({ length: total }, (_, index) => total - 1 - index);
  }

  get counts(): BlockCounts {
    const free = this.free.length;
    return { total: this.total, free, cached: this.cachedCount, used: this.total - free - this.cachedCount };
  }

  /** available is how many blocks can be taken: free ones and cached ones. */
  get available(): number {
    return this.free.length + this.cachedCount;
  }

  /** take gives a block to one user; `evicted` is the cached content that was given up for it. Null when all are used. */
  take(): { block: BlockId; evicted: EvictedBlock | null } | null {
    const evicted = this.free.length === 0 ? this.evictOldest() : null;
    const block = this.free.pop();
    if (block === undefined) return null;
    this.users[block] = 1;
    return { block, evicted };
  }

  /** evictOldest gives up the content of the least recently used cached block; null when none is cached. */
  evictOldest(): EvictedBlock | null {
    return this.oldest === NONE ? null : this.evict(this.oldest);
  }

  /** evict gives up the content of a block that nobody uses; null when it has none. */
  evict(block: BlockId): EvictedBlock | null {
    const hash = this.hashes[block];
    if (hash === undefined || this.userCount(block) > 0) return null;
    this.forget(block);
    return { block, hash };
  }

  /** share adds a user to a block whose content is known, reviving it when nobody uses it. */
  share(block: BlockId): void {
    if (this.userCount(block) === 0) this.unlink(block);
    this.users[block] = this.userCount(block) + 1;
  }

  /** release removes a user; the last one leaves the content cached, or the block free when it has none. */
  release(block: BlockId): void {
    const users = this.userCount(block);
    if (users < 1) throw new RangeError(`KV block ${block} was released more often than it was taken`);
    this.users[block] = users - 1;
    if (users > 1) return;
    if (this.hashes[block] === undefined) this.free.push(block);
    else this.linkNewest(block);
  }

  /** publish makes a full block findable by its content; false when another block already is. */
  publish(block: BlockId, hash: BlockHash): boolean {
    if (this.byHash.has(hash)) return this.byHash.get(hash) === block;
    this.hashes[block] = hash;
    this.byHash.set(hash, block);
    return true;
  }

  /** forget drops the content of a block. */
  forget(block: BlockId): void {
    const hash = this.hashes[block];
    if (hash === undefined) return;
    this.byHash.delete(hash);
    this.hashes[block] = undefined;
    if (this.userCount(block) > 0) return;
    this.unlink(block);
    this.free.push(block);
  }

  /** find returns the block with this content. */
  find(hash: BlockHash): BlockId | undefined {
    return this.byHash.get(hash);
  }

  /** isPublished says whether a block can be found by its content. */
  isPublished(block: BlockId): boolean {
    return this.hashes[block] !== undefined;
  }

  /** userCount is the number of sequences that use a block. */
  userCount(block: BlockId): number {
    return this.users[block] ?? 0;
  }

  private linkNewest(block: BlockId): void {
    this.previous[block] = this.newest;
    this.next[block] = NONE;
    if (this.newest === NONE) this.oldest = block;
    else this.next[this.newest] = block;
    this.newest = block;
    this.cachedCount += 1;
  }

  private unlink(block: BlockId): void {
    const previous = this.previous[block] ?? NONE;
    const next = this.next[block] ?? NONE;
    if (previous === NONE) this.oldest = next;
    else this.next[previous] = next;
    if (next === NONE) this.newest = previous;
    else this.previous[next] = previous;
    this.cachedCount -= 1;
  }
}
