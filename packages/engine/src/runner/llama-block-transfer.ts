import type { BlockId } from '../kv-cache/block-pool.ts';
import { type LlamaContext, LlamaError } from '../llama/index.ts';
import type { BlockTransfer, BlockWrite } from './block-transfer.ts';
import { type KvOrigin, kvFingerprint } from './kv-fingerprint.ts';
import type { SequenceMemory } from './sequence-memory.ts';

/** LlamaBlockTransfer copies blocks with llama.cpp's sequence states, by way of a slot that nothing else uses. */
export class LlamaBlockTransfer implements BlockTransfer {
  private readonly context: LlamaContext;
  private readonly memory: SequenceMemory;
  private readonly scratchSlot: number;
  private readonly blockTokens: number;
  private readonly origin: KvOrigin;
  // All blocks of a model have states of the same length.
  private blockBytes: number | null = null;

  constructor(options: {
    context: LlamaContext;
    memory: SequenceMemory;
    scratchSlot: number;
    blockTokens: number;
    origin: KvOrigin;
  }) {
    this.context = options.context;
    this.memory = options.memory;
    this.scratchSlot = options.scratchSlot;
    this.blockTokens = options.blockTokens;
    this.origin = options.origin;
  }

  fingerprint(): Promise<string> {
    return kvFingerprint(this.origin);
  }

  readBlock(block: BlockId): Uint8Array | null {
    const place = this.memory.locate(block);
    if (place === null) return null;
    const from = place.index * this.blockTokens;
    this.context.copyTokens(place.slot, this.scratchSlot, { from, to: from + this.blockTokens });
    try {
      if (!this.scratchHolds(from)) return null;
      // Filling it with zeros first would take longer than the copy.
      const size = this.blockBytes ?? this.context.stateBytes(this.scratchSlot);
      const state = this.context.saveSequence(this.scratchSlot, Buffer.allocUnsafeSlow(size));
      this.blockBytes ??= state.byteLength;
      return state.byteLength === this.blockBytes ? state : null;
    } catch (cause) {
      if (cause instanceof LlamaError) return null;
      throw cause;
    } finally {
      this.context.removeTokens(this.scratchSlot);
    }
  }

  writeBlocks({ sequence, blocks, from, contents }: BlockWrite): number {
    const slot = this.memory.slotOf(sequence);
    let written = 0;
    while (written < contents.length && this.writeBlock(slot, from + written, contents[written] as Uint8Array)) {
      written += 1;
    }
    this.memory.track(sequence, blocks.slice(0, from + written));
    return written;
  }

  private writeBlock(slot: number, index: number, content: Uint8Array): boolean {
    const from = index * this.blockTokens;
    try {
      this.context.restoreSequence(this.scratchSlot, content);
      // Only a state of exactly this place may reach the sequence.
      if (!this.scratchHolds(from)) return false;
      this.context.copyTokens(this.scratchSlot, slot, { from, to: from + this.blockTokens });
      return true;
    } catch (cause) {
      if (cause instanceof LlamaError) return false;
      throw cause;
    } finally {
      this.context.removeTokens(this.scratchSlot);
    }
  }

  private scratchHolds(from: number): boolean {
    const last = from + this.blockTokens - 1;
    return (
      this.context.firstPosition(this.scratchSlot) === from && this.context.lastPosition(this.scratchSlot) === last
    );
  }
}
