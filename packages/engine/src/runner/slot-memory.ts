import type { BlockId } from '../kv-cache/block-pool.ts';
import type { SequenceId } from '../kv-cache/kv-cache.ts';
import type { KeptBlock } from './port.ts';

/** MemorySlot is llama.cpp's number of a sequence, in [0, slots). */
export type MemorySlot = number;

/**
 * SlotMemory keeps llama.cpp's memory, which is organised by sequence, in line with block tables. Two layouts exist:
 * SequenceMemory over one buffer that all sequences share, StreamMemory over a buffer for each.
 */
export interface SlotMemory {
  /** slotOf is the slot of a running sequence; arrange may change it. */
  slotOf(sequence: SequenceId): MemorySlot;
  /** track remembers the block table of a running sequence, from which others may share. */
  track(sequence: SequenceId, blocks: readonly BlockId[]): void;
  /** open gives a sequence a slot that holds its prefix; it returns the blocks that were lost by it. */
  open(sequence: SequenceId, prefix: readonly BlockId[]): BlockId[];
  /** truncate forgets what a running sequence holds from a position on. */
  truncate(sequence: SequenceId, tokens: number): void;
  /** close ends a sequence; the content of the kept blocks stays. */
  close(sequence: SequenceId, kept: readonly KeptBlock[]): void;
  /** drop gives up the content of kept blocks. */
  drop(blocks: readonly BlockId[]): void;
  /** arrange prepares the slots for a step. */
  arrange(): void;
  /** clear forgets everything; llama.cpp's memory must have been cleared too. */
  clear(): void;
}
