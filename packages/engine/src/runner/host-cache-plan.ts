import type { KvLayout } from './kv-memory-plan.ts';

// A budget that is all the memory of a machine is not all ours, and other replicas reckon with the same memory.
const DEFAULT_SHARE = 0.25;
/** DEFAULT_HOST_BYTES is the most that is taken unasked, and what blocks pass through on their way to a disk. */
export const DEFAULT_HOST_BYTES = 256 * 1024 * 1024;

/**
 * planHostCache is how much host memory keeps KV blocks below the cache: what is wanted, or a modest share, within what the
 * budget leaves. A split cache keeps its prefixes in host memory anyway, so it gets more only when that is wanted.
 */
export function planHostCache(options: { wantedBytes: number | null; leftBytes: number; layout: KvLayout }): number {
  const leftBytes = Math.max(0, Math.floor(options.leftBytes));
  if (options.wantedBytes !== null) return Math.min(options.wantedBytes, leftBytes);
  if (options.layout === 'split') return 0;
  return Math.min(DEFAULT_HOST_BYTES, Math.floor(leftBytes * DEFAULT_SHARE));
}
