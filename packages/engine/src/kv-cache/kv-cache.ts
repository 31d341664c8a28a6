import type { BlockHash } from './block-hash.ts';
import { type BlockCounts, type BlockId, BlockPool, type EvictedBlock } from './block-pool.ts';

/** SequenceId names a sequence for the KV cache and the runner. */
export type SequenceId = number;

/** PrefixMatch says what a prompt would find: blocks in use by others and cached blocks that must be revived. */
export interface PrefixMatch {
  blocks: readonly BlockId[];
  /** revivedBlocks of them are not in use, so they count against the available blocks. */
  revivedBlocks: number;
  /** isBeingComputed says that another sequence is computing the next block right now. */
  isBeingComputed: boolean;
}

interface Holding {
  blocks: BlockId[];
  /** publishedBlocks leading blocks were offered to the index already. */
  publishedBlocks: number;
  announced: BlockHash[];
}

/** KvCache keeps the block table of every sequence and finds shared prefixes; it knows no tokens, only hashes and counts. */
export class KvCache {
  readonly blockTokens: number;
  private readonly pool: BlockPool;
  private readonly maxCachedBlocks: number;
  private readonly holdings = new Map<SequenceId, Holding>();
  private readonly announcedBy = new Map<BlockHash, SequenceId>();
  private evicted: EvictedBlock[] = [];

  constructor(options: { totalBlocks: number; blockTokens: number; maxCachedBlocks?: number }) {
    this.blockTokens = options.blockTokens;
    this.maxCachedBlocks = options.maxCachedBlocks ?? options.totalBlocks;
    this.pool = new BlockPool(options.totalBlocks);
  }

  get counts(): BlockCounts {
    return this.pool.counts;
  }

  get availableBlocks(): number {
    return this.pool.available;
  }

  /** match finds the longest known prefix of a hash chain. */
  match(chain: readonly BlockHash[]): PrefixMatch {
    const blocks: BlockId[] = [];
    let revivedBlocks = 0;
    for (const hash of chain) {
      const block = this.pool.find(hash);
      if (block === undefined) return { blocks, revivedBlocks, isBeingComputed: this.announcedBy.has(hash) };
      if (this.pool.userCount(block) === 0) revivedBlocks += 1;
      blocks.push(block);
    }
    return { blocks, revivedBlocks, isBeingComputed: false };
  }

  /** begin gives a new sequence the known prefix of its chain, or the first part of it, and announces what is new as being computed. */
  begin(sequence: SequenceId, chain: readonly BlockHash[], maxShared = chain.length): readonly BlockId[] {
    if (this.holdings.has(sequence)) throw new RangeError(`Sequence ${sequence} already has blocks`);
    const found = this.match(chain).blocks;
    const blocks = found.slice(0, maxShared);
    for (const block of blocks) this.pool.share(block);
    const announced = chain.slice(found.length).filter((hash) => !this.announcedBy.has(hash));
    for (const hash of announced) this.announcedBy.set(hash, sequence);
    this.holdings.set(sequence, { blocks: [...blocks], publishedBlocks: blocks.length, announced });
    return blocks;
  }

  /** grow makes room for `tokens` tokens in total; false, and nothing taken, when there are too few blocks. */
  grow(sequence: SequenceId, tokens: number): boolean {
    const { blocks } = this.holding(sequence);
    const needed = Math.ceil(tokens / this.blockTokens) - blocks.length;
    if (needed > this.pool.available) return false;
    for (let count = 0; count < needed; count += 1) {
      const taken = this.pool.take();
      if (taken === null) throw new RangeError('The KV pool is empty although blocks were available');
      if (taken.evicted !== null) this.evicted.push(taken.evicted);
      blocks.push(taken.block);
    }
    return true;
  }

  /** shrink gives back the blocks behind the first `tokens` tokens. */
  shrink(sequence: SequenceId, tokens: number): void {
    const { blocks } = this.holding(sequence);
    const needed = Math.ceil(tokens / this.blockTokens);
    for (const block of blocks.splice(needed)) this.pool.release(block);
  }

  /** publish makes the blocks that are now fully computed findable by others. */
  publish(sequence: SequenceId, chain: readonly BlockHash[], computedTokens: number): void {
    const holding = this.holding(sequence);
    const fullBlocks = Math.min(Math.floor(computedTokens / this.blockTokens), chain.length);
    for (let index = holding.publishedBlocks; index < fullBlocks; index += 1) {
      const hash = chain[index];
      const block = holding.blocks[index];
      if (hash === undefined || block === undefined) break;
      this.pool.publish(block, hash);
      if (this.announcedBy.get(hash) === sequence) this.announcedBy.delete(hash);
      holding.publishedBlocks = index + 1;
    }
  }

  /** end takes all blocks from a sequence and returns those whose content stays findable, by their place in the sequence. */
  end(sequence: SequenceId): { index: number; block: BlockId }[] {
    const holding = this.holding(sequence);
    this.holdings.delete(sequence);
    for (const hash of holding.announced) {
      if (this.announcedBy.get(hash) === sequence) this.announcedBy.delete(hash);
    }
    const kept: { index: number; block: BlockId }[] = [];
    // Last block first: the tail of a prompt is the least likely to be shared, so it is to be evicted first.
    for (let index = holding.blocks.length - 1; index >= 0; index -= 1) {
      const block = holding.blocks[index];
      if (block === undefined) continue;
      if (this.pool.isPublished(block)) kept.push({ index, block });
      this.pool.release(block);
    }
    return kept.reverse();
  }

  /** trim gives up the oldest cached content beyond `keep` blocks (default: what is worth keeping), at most `limit` blocks. */
  trim(options: { limit?: number; keep?: number } = {}): void {
    const excess = this.pool.counts.cached - (options.keep ?? this.maxCachedBlocks);
    for (let count = Math.min(excess, options.limit ?? excess); count > 0; count -= 1) {
      const evicted = this.pool.evictOldest();
      if (evicted === null) return;
      this.evicted.push(evicted);
    }
  }

  /** evict gives up cached content that the memory cannot keep. */
  evict(blocks: Iterable<BlockId>): void {
    for (const block of blocks) {
      const evicted = this.pool.evict(block);
      if (evicted !== null) this.evicted.push(evicted);
    }
  }

  /** forgetAll drops all content that no sequence uses. */
  forgetAll(): void {
    for (let block = 0; block < this.pool.total; block += 1) {
      if (this.pool.userCount(block) === 0) this.pool.forget(block);
    }
    this.evicted = [];
  }

  /** drainEvicted returns the cached content that was given up since the last call. */
  drainEvicted(): EvictedBlock[] {
    const evicted = this.evicted;
    this.evicted = [];
    return evicted;
  }

  /** blocksOf is the block table of a sequence, in order of position. */
  blocksOf(sequence: SequenceId): readonly BlockId[] {
    return this.holding(sequence).blocks;
  }

  /** exclusiveBlocks is how many blocks would become available if the sequence ended. */
  exclusiveBlocks(sequence: SequenceId): number {
    return this.holding(sequence).blocks.filter((block) => this.pool.userCount(block) === 1).length;
  }

  /** sequences lists who holds blocks. */
  sequences(): SequenceId[] {
    return [...this.holdings.keys()];
  }

  private holding(sequence: SequenceId): Holding {
    const holding = this.holdings.get(sequence);
    if (holding === undefined) throw new RangeError(`Sequence ${sequence} has no blocks`);
    return holding;
  }
}
