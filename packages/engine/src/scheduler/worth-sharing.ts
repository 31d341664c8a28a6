import type { PrefillRows } from '../runner/port.ts';

/** worthSharing is how many of the blocks that a prompt found are worth taking: fewer where a larger rest takes less time. */
export function worthSharing(
  prompt: { knownTokens: number; foundBlocks: number },
  { blockTokens, prefillRows }: { blockTokens: number; prefillRows: PrefillRows },
): number {
  const { knownTokens, foundBlocks } = prompt;
  const { rows, fromRows, fromPrefix } = prefillRows;
  const left = knownTokens - foundBlocks * blockTokens;
  if (left < fromRows || left >= rows || foundBlocks * blockTokens < fromPrefix) return foundBlocks;
  return foundBlocks - Math.ceil((rows - left) / blockTokens);
}
