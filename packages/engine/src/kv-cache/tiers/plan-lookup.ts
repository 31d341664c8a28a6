import type { BlockHash } from '../block-hash.ts';

/** TierName names a place below the device. */
export type TierName = 'host' | 'disk';

/** TierLookup is what a chain would find below the device. */
export interface TierLookup {
  /** readyBlocks lead the chain and are in host memory. */
  readyBlocks: number;
  /** toFetch are on disk, and worth fetching because everything before them is known. */
  toFetch: readonly BlockHash[];
}

/** planLookup follows a chain through the tiers until the first block that is in none of them. */
export function planLookup(chain: readonly BlockHash[], placeOf: (hash: BlockHash) => TierName | null): TierLookup {
  const toFetch: BlockHash[] = [];
  let readyBlocks = 0;
  for (const hash of chain) {
    const place = placeOf(hash);
    if (place === null) break;
    if (place === 'disk') toFetch.push(hash);
    else if (toFetch.length === 0) readyBlocks += 1;
  }
  return { readyBlocks, toFetch };
}
