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

const NONE = -1;

/** BlockPool counts the users of every block and hands out the free ones, those without content first, then least recently used. */
export class BlockPool {
  readonly total: number;
  private readonly users: Int32Array;
  private readonly hashes: (BlockHash | undefined)[];
  private readonly byHash = new Map<BlockHash, BlockId>();
  // Blocks without users form a doubly linked list in eviction order, so that reviving one in the middle is O(1).
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private head = NONE;
  private tail = NONE;
  private cachedCount = 0;
  private unusedCount = 0;

  constructor(total: number) {
    this.total = total;
    this.users = new Int32Array(total);
    this.hashes = new Array<BlockHash | undefined>(total).fill(undefined);
    this.next = new Int32Array(total).fill(NONE);
    this.previous = new Int32Array(total).fill(NONE);
    for (let block = 0; block < total; block += 1) this.append(block);
  }

  get counts(): BlockCounts {
    return {
      total: this.total,
      free: this.unusedCount - this.cachedCount,
      cached: this.cachedCount,
      used: this.total - this.unusedCount,
    };
  }

  /** available is how many blocks can be taken: free ones and cached ones. */
  get available(): number {
    return this.unusedCount;
  }

  /** take gives a block to one user; `evicted` says that cached content was given up for it. Null when all are used. */
  take(): { block: BlockId; evicted: boolean } | null {
    const block = this.head;
    if (block === NONE) return null;
    this.unlink(block);
    this.users[block] = 1;
    const evicted = this.hashes[block] !== undefined;
    if (evicted) {
      this.cachedCount -= 1;
      this.dropHash(block);
    }
    return { block, evicted };
  }

  /** share adds a user to a block whose content is known, reviving it when nobody uses it. */
  share(block: BlockId): void {
    if (this.userCount(block) === 0) {
      this.unlink(block);
      this.cachedCount -= 1;
    }
    this.users[block] = this.userCount(block) + 1;
  }

  /** release removes a user; the last one leaves the content cached, or the block free when it has none. */
  release(block: BlockId): void {
    const users = this.userCount(block);
    if (users < 1) throw new RangeError(`KV block ${block} was released more often than it was taken`);
    this.users[block] = users - 1;
    if (users > 1) return;
    if (this.hashes[block] === undefined) {
      this.prepend(block);
    } else {
      this.append(block);
      this.cachedCount += 1;
    }
  }

  /** publish makes a full block findable by its content; false when another block already is. */
  publish(block: BlockId, hash: BlockHash): boolean {
    if (this.byHash.has(hash)) return this.byHash.get(hash) === block;
    this.hashes[block] = hash;
    this.byHash.set(hash, block);
    return true;
  }

  /** forget drops the content of a block that nobody uses. */
  forget(block: BlockId): void {
    if (this.hashes[block] === undefined) return;
    this.dropHash(block);
    if (this.userCount(block) > 0) return;
    this.cachedCount -= 1;
    this.unlink(block);
    this.prepend(block);
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

  private dropHash(block: BlockId): void {
    const hash = this.hashes[block];
    if (hash !== undefined) this.byHash.delete(hash);
    this.hashes[block] = undefined;
  }

  private append(block: BlockId): void {
    this.link(block, this.tail, NONE);
  }

  private prepend(block: BlockId): void {
    this.link(block, NONE, this.head);
  }

  private link(block: BlockId, previous: BlockId, next: BlockId): void {
    this.previous[block] = previous;
    this.next[block] = next;
    if (previous === NONE) this.head = block;
    else this.next[previous] = block;
    if (next === NONE) this.tail = block;
    else this.previous[next] = block;
    this.unusedCount += 1;
  }

  private unlink(block: BlockId): void {
    const previous = this.previous[block] ?? NONE;
    const next = this.next[block] ?? NONE;
    if (previous === NONE) this.head = next;
    else this.next[previous] = next;
    if (next === NONE) this.tail = previous;
    else this.previous[next] = previous;
    this.unusedCount -= 1;
  }
}
