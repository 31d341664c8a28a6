import type { BlockCounts, BlockId } from '../kv-cache/block-pool.ts';
import { KvCache } from '../kv-cache/kv-cache.ts';
import type { TieredCache } from '../kv-cache/tiers/tiered-cache.ts';
import type { ModelRunner } from '../runner/port.ts';
import type { WaitingView } from '../scheduler/plan-step.ts';
import type { Sequence } from '../scheduler/sequence.ts';
import { worthSharing } from '../scheduler/worth-sharing.ts';
import { PrefixTiers } from './prefix-tiers.ts';

const MAX_CANDIDATES = 64;

/** SequenceBlocks keeps the blocks of sequences: the block tables, the runner's memory and the tiers below change together here. */
export class SequenceBlocks {
  readonly tiers: PrefixTiers;
  private readonly runner: ModelRunner;
  private readonly kv: KvCache;

  constructor(options: { runner: ModelRunner; cacheBelow: TieredCache | null; nowMs: () => number }) {
    const { runner, cacheBelow, nowMs } = options;
    this.runner = runner;
    this.kv = new KvCache(runner);
    this.tiers = new PrefixTiers({ runner, kv: this.kv, cache: cacheBelow, nowMs });
  }

  get counts(): BlockCounts {
    return this.kv.counts;
  }

  get available(): number {
    return this.kv.availableBlocks;
  }

  /** tableOf is the block table of an open sequence. */
  tableOf(sequence: Sequence): readonly BlockId[] {
    return this.kv.blocksOf(sequence.id);
  }

  /** exclusive is how many blocks would become available if a sequence left. */
  exclusive(id: number): number {
    return this.kv.exclusiveBlocks(id);
  }

  /** announce hashes the prompt of a sequence, so that others can share it. */
  announce(sequence: Sequence): void {
    if (this.runner.canSharePrefixes) sequence.extendChain(this.kv.blockTokens);
  }

  /** waitingViews says what waiting sequences would find; lazy, because looking up costs more than the rest of a plan. */
  *waitingViews(waiting: Iterable<Sequence>): Generator<WaitingView> {
    const claimed = new Set<string>();
    let candidates = 0;
    for (const sequence of waiting) {
      candidates += 1;
      // Many that wait for the same prefix would make every step look all of them up.
      if (candidates > MAX_CANDIDATES) return;
      const chain = sequence.reusableChain(this.kv.blockTokens);
      const match = this.kv.match(chain);
      const nextHash = chain[match.blocks.length];
      const isHeldBack = match.isBeingComputed || (nextHash !== undefined && claimed.has(nextHash));
      const below = isHeldBack ? null : this.tiers.lookUp(sequence, chain.slice(match.blocks.length));
      const cachedBlocks = this.worthSharing(sequence, match.blocks.length);
      yield {
        id: sequence.id,
        knownTokens: sequence.knownTokens,
        cachedBlocks,
        // Counted as if all were shared: at most a few blocks too many.
        revivedBlocks: Math.min(match.revivedBlocks, cachedBlocks),
        restorableBlocks: below?.readyBlocks ?? 0,
        isHeldBack: isHeldBack || below?.isFetching === true,
      };
      if (nextHash !== undefined) claimed.add(nextHash);
    }
  }

  /** open starts a sequence behind the prefix that is found for it; it returns how many of its tokens came from the tiers. */
  open(sequence: Sequence): { restoredTokens: number } {
    const chain = sequence.reusableChain(this.kv.blockTokens);
    const shared = this.worthSharing(sequence, this.kv.match(chain).blocks.length);
    const prefix = this.kv.begin(sequence.id, chain, shared);
    this.tiers.dropEvicted();
    this.kv.evict(this.runner.openSequence(sequence.id, prefix));
    this.tiers.dropEvicted();
    sequence.computedTokens = prefix.length * this.kv.blockTokens;
    const restoredTokens = this.tiers.restore(sequence);
    sequence.computedTokens += restoredTokens;
    return { restoredTokens };
  }

  /** grow makes room for `tokens` more tokens; false, and nothing taken, when there are too few blocks. */
  grow(sequence: Sequence, tokens: number): boolean {
    return this.kv.grow(sequence.id, sequence.computedTokens + tokens);
  }

  /** publish makes what a sequence has computed findable by others. */
  publish(sequence: Sequence): void {
    this.kv.publish(sequence.id, sequence.chain, sequence.computedTokens);
  }

  /** cutBack forgets what a sequence holds behind its computed tokens. */
  cutBack(sequence: Sequence): void {
    this.kv.shrink(sequence.id, sequence.computedTokens);
    this.runner.truncateSequence(sequence.id, sequence.computedTokens);
  }

  /** close takes all blocks from a sequence; what is worth it stays findable. */
  close(sequence: Sequence): void {
    // Generated tokens are hashed only now: in the middle of an answer nobody asks for them, and every step would pay.
    this.announce(sequence);
    this.publish(sequence);
    this.runner.closeSequence(sequence.id, this.kv.end(sequence.id));
    this.tiers.trim();
  }

  /** clear forgets everything, after a step failed. */
  clear(): void {
    this.runner.clear();
    for (const id of this.kv.sequences()) this.kv.end(id);
    this.kv.forgetAll();
  }

  private worthSharing({ knownTokens }: Sequence, foundBlocks: number): number {
    const { blockTokens } = this.kv;
    return worthSharing({ knownTokens, foundBlocks }, { blockTokens, prefillRows: this.runner.prefillRows });
  }
}
