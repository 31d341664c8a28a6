import type { BlockHash } from '../kv-cache/block-hash.ts';
import type { EvictedBlock } from '../kv-cache/block-pool.ts';
import type { KvCache } from '../kv-cache/kv-cache.ts';
import type { TieredCache } from '../kv-cache/tiers/tiered-cache.ts';
import type { BlockTransfer, BlockWrite } from '../runner/block-transfer.ts';
import type { ModelRunner } from '../runner/port.ts';
import type { Sequence } from '../scheduler/sequence.ts';

/** TierOutlook is what a waiting request would find below the device now. */
export interface TierOutlook {
  readyBlocks: number;
  /** isFetching says that more is on its way from the disk. */
  isFetching: boolean;
}

// A step takes tens of milliseconds, so this delays nobody noticeably; it is some twenty blocks of a small model.
const SAVE_MS_PER_STEP = 4;
const NOTHING: TierOutlook = { readyBlocks: 0, isFetching: false };

interface Fetch {
  isRunning: boolean;
  fetched: ReadonlySet<BlockHash>;
}

/**
 * PrefixTiers moves KV blocks between the device and the tiers below it. Blocks are saved when the device gives them up,
 * because most never are, and come back when a request that needs them is admitted. Without a cache it only drops.
 */
export class PrefixTiers {
  private readonly runner: ModelRunner;
  private readonly kv: KvCache;
  private readonly below: { cache: TieredCache; transfer: BlockTransfer } | null;
  private readonly nowMs: () => number;
  private savedMs = 0;
  private readonly fetches = new WeakMap<Sequence, Fetch>();
  private readonly running = new Set<Promise<void>>();

  constructor(options: { runner: ModelRunner; kv: KvCache; cache: TieredCache | null; nowMs: () => number }) {
    const { runner, cache } = options;
    const transfer = runner.canSharePrefixes ? runner.blockTransfer : undefined;
    this.runner = runner;
    this.kv = options.kv;
    this.below = cache === null || transfer === undefined ? null : { cache, transfer };
    this.nowMs = options.nowMs;
  }

  /** allowSaving gives the time between two steps for saving; called after each step. */
  allowSaving(): void {
    this.savedMs = 0;
  }

  /** trim gives up cached content beyond what is worth keeping; what there is no time to save stays until the next step. */
  trim(): void {
    // One by one, because how many there is time for shows while they are saved.
    const options = this.below === null ? {} : { limit: 1 };
    while (this.hasTimeToSave()) {
      this.kv.trim(options);
      if (this.dropEvicted() === 0) return;
    }
  }

  /** dropEvicted saves what the device gave up, as far as there is time, and frees it; it returns how many blocks that were. */
  dropEvicted(): number {
    const evicted = this.kv.drainEvicted();
    if (evicted.length === 0) return 0;
    for (const entry of evicted) this.save(entry);
    this.runner.dropBlocks(evicted.map(({ block }) => block));
    return evicted.length;
  }

  /** lookUp says what the chain of a waiting request finds below the device, and fetches, once, what is on disk. */
  lookUp(sequence: Sequence, chain: readonly BlockHash[]): TierOutlook {
    if (this.below === null || chain.length === 0) return NOTHING;
    const known = this.fetches.get(sequence);
    if (known?.isRunning === true) return { readyBlocks: 0, isFetching: true };
    const { readyBlocks, toFetch } = this.below.cache.lookUp(chain);
    if (known !== undefined || toFetch.length === 0) return { readyBlocks, isFetching: false };
    this.fetch(this.below.cache, sequence, toFetch);
    return { readyBlocks, isFetching: true };
  }

  /** nextFetched resolves when a fetch ends; null when none runs. */
  get nextFetched(): Promise<void> | null {
    return this.running.size === 0 ? null : Promise.race(this.running);
  }

  /** restore continues the prefix of a sequence that was just opened, and returns how many tokens it added. */
  restore(sequence: Sequence): number {
    if (this.below === null) return 0;
    const { cache, transfer } = this.below;
    const from = this.kv.blocksOf(sequence.id).length;
    const chain = sequence.reusableChain(this.kv.blockTokens).slice(from);
    const contents = cache.leading(chain);
    // Another request of this step may have taken the room.
    const hasRoom = contents.length > 0 && this.kv.grow(sequence.id, (from + contents.length) * this.kv.blockTokens);
    const written = hasRoom ? this.write(transfer, sequence, { from, contents }) : 0;
    // What the runner refuses now it would refuse again.
    const refused = chain[written];
    if (hasRoom && written < contents.length && refused !== undefined) cache.remove(refused);
    this.count(cache, sequence, chain.slice(0, written));
    this.fetches.delete(sequence);
    return written * this.kv.blockTokens;
  }

  /** persist saves everything that is cached, until `deadlineMs`; afterwards nothing is cached on the device. */
  async persist(deadlineMs: number): Promise<void> {
    const disk = this.below?.cache.disk ?? null;
    if (this.below === null || disk === null) return;
    const hasTime = () => this.nowMs() < deadlineMs && disk.offReason === null;
    while (this.kv.counts.cached > 0 && hasTime()) {
      this.savedMs = 0;
      this.kv.trim({ keep: 0, limit: 1 });
      this.dropEvicted();
      await disk.settled();
    }
    await this.below.cache.persist(hasTime);
  }

  private save({ block, hash }: EvictedBlock): void {
    if (this.below === null) return;
    const { cache, transfer } = this.below;
    cache.touch(hash);
    if (cache.placeOf(hash) !== null) return;
    const startedMs = this.nowMs();
    const content = this.hasTimeToSave() ? transfer.readBlock(block) : null;
    if (content === null) {
      cache.dropped += 1;
      return;
    }
    cache.put(hash, content);
    this.savedMs += this.nowMs() - startedMs;
  }

  private hasTimeToSave(): boolean {
    return this.savedMs < SAVE_MS_PER_STEP;
  }

  private write(transfer: BlockTransfer, { id, chain }: Sequence, part: Pick<BlockWrite, 'from' | 'contents'>): number {
    this.dropEvicted();
    const written = transfer.writeBlocks({ sequence: id, blocks: this.kv.blocksOf(id), ...part });
    this.kv.publish(id, chain, (part.from + written) * this.kv.blockTokens);
    return written;
  }

  private fetch(cache: TieredCache, sequence: Sequence, hashes: readonly BlockHash[]): void {
    const fetch: Fetch = { isRunning: true, fetched: new Set() };
    this.fetches.set(sequence, fetch);
    const run = cache.fetch(hashes).then((fetched) => {
      fetch.isRunning = false;
      fetch.fetched = fetched;
      this.running.delete(run);
    });
    this.running.add(run);
  }

  /** count adds a first admission to the hit rates; one after a preemption finds what it left itself. */
  private count(cache: TieredCache, sequence: Sequence, restored: readonly BlockHash[]): void {
    if (sequence.startedMs !== null) return;
    const fetched = this.fetches.get(sequence)?.fetched;
    const fromDisk = restored.filter((hash) => fetched?.has(hash) === true).length * this.kv.blockTokens;
    const fromHost = restored.length * this.kv.blockTokens - fromDisk;
    const queried = sequence.knownTokens - sequence.computedTokens;
    cache.counts.host.queriedTokens += queried;
    cache.counts.host.hitTokens += fromHost;
    if (cache.disk === null) return;
    cache.counts.disk.queriedTokens += queried - fromHost;
    cache.counts.disk.hitTokens += fromDisk;
  }
}
