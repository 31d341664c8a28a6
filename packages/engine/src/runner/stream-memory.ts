import type { BlockId } from '../kv-cache/block-pool.ts';
import type { SequenceId } from '../kv-cache/kv-cache.ts';
import type { KeptBlock } from './port.ts';
import type { MemorySlot, SlotMemory } from './slot-memory.ts';

/** StreamStore is a KV memory with a buffer of its own for each slot. */
export interface StreamStore {
  /** readBlocks copies full blocks, by their place in the sequence, out of a slot. */
  readBlocks(slot: MemorySlot, indices: readonly number[]): Uint8Array[];
  /** writeBlocks makes these blocks the whole content of a slot. */
  writeBlocks(slot: MemorySlot, blocks: readonly Uint8Array[]): void;
  /** moveSlot copies everything of a slot to an empty one, on the device. */
  moveSlot(source: MemorySlot, target: MemorySlot): void;
  /** truncateSlot forgets the positions from `tokens` on. */
  truncateSlot(slot: MemorySlot, tokens: number): void;
}

interface Running {
  slot: MemorySlot;
  blocks: readonly BlockId[];
  /** prefix is what is still to be written into the slot before the sequence is computed. */
  prefix: Uint8Array[];
}

/**
 * StreamMemory gives each running sequence a buffer of its own, so that computing it looks at its own tokens only, and keeps
 * the content of cached blocks in this process's memory, from where it is copied into the buffer of whoever begins with them.
 * Copying a block costs a small part of a percent of computing it.
 */
export class StreamMemory implements SlotMemory {
  private readonly store: StreamStore;
  private readonly slots: (SequenceId | null)[];
  private readonly running = new Map<SequenceId, Running>();
  private readonly contents = new Map<BlockId, Uint8Array>();

  constructor(store: StreamStore, slots: number) {
    this.store = store;
    this.slots = new Array<SequenceId | null>(slots).fill(null);
  }

  slotOf(sequence: SequenceId): MemorySlot {
    return this.runningEntry(sequence).slot;
  }

  track(sequence: SequenceId, blocks: readonly BlockId[]): void {
    this.runningEntry(sequence).blocks = blocks;
  }

  open(sequence: SequenceId, prefix: readonly BlockId[]): BlockId[] {
    const slot = this.slots.indexOf(null);
    if (slot < 0) throw new Error('All sequence slots are in use');
    this.fetchFromRunning(prefix);
    this.slots[slot] = sequence;
    this.running.set(sequence, { slot, blocks: [...prefix], prefix: prefix.map((block) => this.content(block)) });
    return [];
  }

  truncate(sequence: SequenceId, tokens: number): void {
    this.store.truncateSlot(this.slotOf(sequence), tokens);
  }

  close(sequence: SequenceId, kept: readonly KeptBlock[]): void {
    const { slot, prefix } = this.runningEntry(sequence);
    // A sequence that ends before it was computed leaves nothing that is not kept already.
    if (prefix.length === 0) this.save(slot, kept);
    this.running.delete(sequence);
    this.slots[slot] = null;
    this.store.truncateSlot(slot, 0);
  }

  drop(blocks: readonly BlockId[]): void {
    for (const block of blocks) this.contents.delete(block);
  }

  /** arrange writes prefixes, and moves sequences into gaps that others left: llama.cpp computes only neighbours together. */
  arrange(): void {
    for (const entry of this.running.values()) {
      if (entry.prefix.length > 0) this.store.writeBlocks(entry.slot, entry.prefix);
      entry.prefix = [];
    }
    let gap = this.slots.indexOf(null);
    for (let last = this.slots.length - 1; gap >= 0 && last > gap; last -= 1) {
      const sequence = this.slots[last];
      if (sequence === null || sequence === undefined) continue;
      this.store.moveSlot(last, gap);
      this.store.truncateSlot(last, 0);
      this.slots[gap] = sequence;
      this.slots[last] = null;
      this.runningEntry(sequence).slot = gap;
      gap = this.slots.indexOf(null);
    }
  }

  /** readBlock is the content of a cached block; null when only a running sequence has it. */
  readBlock(block: BlockId): Uint8Array | null {
    return this.contents.get(block) ?? null;
  }

  /** extendPrefix adds blocks from elsewhere behind the prefix of a sequence that was just opened. */
  extendPrefix(sequence: SequenceId, added: readonly { block: BlockId; content: Uint8Array }[]): void {
    const entry = this.runningEntry(sequence);
    for (const { block, content } of added) this.contents.set(block, content);
    entry.prefix.push(...added.map(({ content }) => content));
    entry.blocks = [...entry.blocks, ...added.map(({ block }) => block)];
  }

  clear(): void {
    this.running.clear();
    this.contents.clear();
    this.slots.fill(null);
  }

  /** fetchFromRunning copies what only running sequences hold. */
  private fetchFromRunning(prefix: readonly BlockId[]): void {
    const missing = new Set(prefix.filter((block) => !this.contents.has(block)));
    for (const { slot, blocks } of this.running.values()) {
      if (missing.size === 0) return;
      const found = blocks.flatMap((block, index) => (missing.delete(block) ? [{ block, index }] : []));
      this.save(slot, found);
    }
  }

  private save(slot: MemorySlot, kept: readonly KeptBlock[]): void {
    const unsaved = kept.filter(({ block }) => !this.contents.has(block));
    if (unsaved.length === 0) return;
    const contents = this.store.readBlocks(
      slot,
      unsaved.map(({ index }) => index),
    );
    for (const [place, { block }] of unsaved.entries()) this.contents.set(block, contents[place] as Uint8Array);
  }

  private content(block: BlockId): Uint8Array {
    const content = this.contents.get(block);
    if (content === undefined) throw new Error(`No sequence holds KV block ${block}`);
    return content;
  }

  private runningEntry(sequence: SequenceId): Running {
    const entry = this.running.get(sequence);
    if (entry === undefined) throw new Error(`Sequence ${sequence} is not open`);
    return entry;
  }
}
