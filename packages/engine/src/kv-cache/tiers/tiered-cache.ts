import type { BlockHash } from '../block-hash.ts';
import type { DiskTier } from './disk-tier.ts';
import { HostTier } from './host-tier.ts';
import { planLookup, type TierLookup, type TierName } from './plan-lookup.ts';

/** TierCounts are tokens since the start: looked up in a tier, and found there. */
export interface TierCounts {
  queriedTokens: number;
  hitTokens: number;
}

// A disk that takes longer is no faster than computing.
const MAX_FETCH_MS = 1000;

/** TieredCache keeps KV blocks that the device gave up: in host memory, and what falls out of that on disk. */
export class TieredCache {
  readonly host: HostTier;
  readonly disk: DiskTier | null;
  readonly counts: Record<TierName, TierCounts> = {
    host: { queriedTokens: 0, hitTokens: 0 },
    disk: { queriedTokens: 0, hitTokens: 0 },
  };
  /** dropped blocks were lost on the way from the device, because copying them would have delayed a step. */
  dropped = 0;
  private readonly maxFetchMs: number;

  constructor(options: { hostBytes: number; disk?: DiskTier | null; maxFetchMs?: number }) {
    this.host = new HostTier(options.hostBytes);
    this.disk = options.disk ?? null;
    this.maxFetchMs = options.maxFetchMs ?? MAX_FETCH_MS;
  }

  /** placeOf says where a block is; null: nowhere. */
  placeOf(hash: BlockHash): TierName | null {
    if (this.host.has(hash)) return 'host';
    return this.disk?.has(hash) === true ? 'disk' : null;
  }

  /** lookUp says what a chain would find. */
  lookUp(chain: readonly BlockHash[]): TierLookup {
    return planLookup(chain, (hash) => this.placeOf(hash));
  }

  /** touch counts as a use of a block, wherever it is. */
  touch(hash: BlockHash): void {
    this.host.get(hash);
    this.disk?.touch(hash);
  }

  /** put keeps a block that the device gives up. */
  put(hash: BlockHash, content: Uint8Array): void {
    for (const evicted of this.host.put(hash, content)) this.disk?.put(evicted.hash, evicted.content);
  }

  /** leading returns the blocks of a chain that are in host memory, up to the first that is not. */
  leading(chain: readonly BlockHash[]): Uint8Array[] {
    const contents: Uint8Array[] = [];
    for (const hash of chain) {
      const content = this.host.get(hash);
      if (content === undefined) break;
      contents.push(content);
    }
    // The beginning of a prompt is the most likely to be shared, so it is to go last.
    for (let index = contents.length - 1; index >= 0; index -= 1) this.host.get(chain[index] ?? '');
    return contents;
  }

  /** fetch brings blocks from disk to host memory, and returns those it brought before the first that failed. */
  async fetch(hashes: readonly BlockHash[]): Promise<ReadonlySet<BlockHash>> {
    const fetched = new Set<BlockHash>();
    let timer: NodeJS.Timeout | undefined;
    const isOver = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.maxFetchMs);
    });
    await Promise.race([this.fetchInto(fetched, hashes), isOver]);
    clearTimeout(timer);
    return new Set(fetched);
  }

  /** remove forgets a block in all tiers. */
  remove(hash: BlockHash): void {
    this.host.remove(hash);
    this.disk?.remove(hash);
  }

  /** persist copies what is in host memory to disk, until `hasTime` says no. */
  async persist(hasTime: () => boolean): Promise<void> {
    if (this.disk === null) return;
    for (const { hash, content } of this.host.entries()) {
      if (!hasTime()) break;
      this.disk.put(hash, content);
      await this.disk.settled();
    }
    await this.disk.settled();
  }

  private async fetchInto(fetched: Set<BlockHash>, hashes: readonly BlockHash[]): Promise<void> {
    let bytes = 0;
    for (const hash of hashes) {
      const content = await this.disk?.get(hash);
      if (content == null) return;
      bytes += content.byteLength;
      // More than host memory holds would push out its own beginning.
      if (bytes > this.host.budgetBytes) return;
      this.put(hash, content);
      fetched.add(hash);
    }
  }
}
