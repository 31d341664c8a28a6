import { type LlamaContext, SequenceStateCodec, TokenBatch } from '../llama/index.ts';
import type { MemorySlot } from './slot-memory.ts';
import type { StreamStore } from './stream-memory.ts';

/** LlamaStreamStore reads and writes blocks through llama.cpp's saved sequence states. */
export class LlamaStreamStore implements StreamStore {
  private readonly context: LlamaContext;
  private readonly codec: SequenceStateCodec;
  // Fresh memory of this size costs more than the copying.
  private scratch = new Uint8Array(0);

  constructor(context: LlamaContext, codec: SequenceStateCodec) {
    this.context = context;
    this.codec = codec;
  }

  readBlocks(slot: MemorySlot, indices: readonly number[]): Uint8Array[] {
    this.reserve(this.context.stateBytes(slot));
    return this.codec.cut(this.context.saveSequence(slot, this.scratch), indices);
  }

  writeBlocks(slot: MemorySlot, blocks: readonly Uint8Array[]): void {
    this.reserve(this.codec.stateBytes(blocks.length));
    this.context.restoreSequence(slot, this.codec.join(blocks, this.scratch));
  }

  moveSlot(source: MemorySlot, target: MemorySlot): void {
    this.context.copyTokens(source, target);
  }

  truncateSlot(slot: MemorySlot, tokens: number): void {
    this.context.removeTokens(slot, tokens, -1);
  }

  private reserve(bytes: number): void {
    if (this.scratch.length < bytes) this.scratch = new Uint8Array(bytes);
  }
}

/** learnStateCodec computes one token to see how this context saves sequences; it throws when blocks cannot be cut out. */
export async function learnStateCodec(context: LlamaContext, blockTokens: number): Promise<SequenceStateCodec> {
  const batch = new TokenBatch(1);
  try {
    batch.add(0, 0, 0, false);
    await context.decode(batch);
    return new SequenceStateCodec(context.saveSequence(0), blockTokens);
  } finally {
    batch.free();
    context.clear();
  }
}
