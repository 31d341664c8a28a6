import type { BlockId } from '../kv-cache/block-pool.ts';
import type { SequenceId } from '../kv-cache/kv-cache.ts';

/** BlockWrite puts contents into the blocks from `from` on of a sequence's table. */
export interface BlockWrite {
  sequence: SequenceId;
  blocks: readonly BlockId[];
  from: number;
  contents: readonly Uint8Array[];
}

/**
 * BlockTransfer copies the KV values of whole blocks out of a runner's memory and back, between steps. A copy is good at the
 * same place of a sequence with the same tokens before it, in every runner with the same fingerprint.
 */
export interface BlockTransfer {
  /** fingerprint names what decides the values and their format and is not in a block's hash: model, block size, versions. */
  fingerprint(): Promise<string>;
  /** readBlock copies a block that no sequence uses and that was not dropped yet; null when it cannot be read. */
  readBlock(block: BlockId): Uint8Array | null;
  /** writeBlocks returns how many of the contents it wrote, from the first on. */
  writeBlocks(write: BlockWrite): number;
}
