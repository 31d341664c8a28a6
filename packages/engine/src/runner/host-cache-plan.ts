// A budget that is all the memory of a machine is not all ours, and other replicas reckon with the same memory.
const DEFAULT_SHARE = 0.25;
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

/** planHostCache is how much host memory keeps KV blocks: what is wanted, or a modest share, within what the budget leaves. */
export function planHostCache(options: { wantedBytes: number | null; leftBytes: number }): number {
  const leftBytes = Math.max(0, Math.floor(options.leftBytes));
  if (options.wantedBytes !== null) return Math.min(options.wantedBytes, leftBytes);
  return Math.min(DEFAULT_MAX_BYTES, Math.floor(leftBytes * DEFAULT_SHARE));
}
