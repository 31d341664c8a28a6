import path from 'node:path';
import type { BlockTransfer } from '../../runner/block-transfer.ts';
import { DiskTier } from './disk-tier.ts';
import { TieredCache } from './tiered-cache.ts';

/** TierOptions size the tiers below the device; 0 bytes of host memory leave out both, no directory the disk. */
export interface TierOptions {
  hostCacheBytes: number;
  diskCacheDir?: string;
  /** diskCacheBytes bounds the files of one model (default 4 GiB). */
  diskCacheBytes?: number;
}

const DEFAULT_DISK_BYTES = 4 * 1024 * 1024 * 1024;

/** openTieredCache makes the tiers of a runner; null when there are to be none, or the runner cannot copy blocks. */
export async function openTieredCache(
  transfer: BlockTransfer | undefined,
  options: TierOptions,
): Promise<TieredCache | null> {
  // Blocks pass through host memory on their way to and from the disk.
  if (transfer === undefined || options.hostCacheBytes <= 0) return null;
  const budgetBytes = options.diskCacheBytes ?? DEFAULT_DISK_BYTES;
  if (options.diskCacheDir === undefined || budgetBytes <= 0)
    return new TieredCache({ hostBytes: options.hostCacheBytes });
  const directory = path.join(options.diskCacheDir, await transfer.fingerprint());
  return new TieredCache({
    hostBytes: options.hostCacheBytes,
    disk: await DiskTier.open({ directory, budgetBytes }),
  });
}
