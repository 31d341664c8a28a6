import type { BlockId } from '../kv-cache/block-pool.ts';
import type { SequenceId } from '../kv-cache/kv-cache.ts';
import type { KeptBlock } from './port.ts';
import type { MemorySlot, SlotMemory } from './slot-memory.ts';

/** ResidentStore is a KV memory with a buffer of its own for each slot, on a device that copies them quickly. */
export interface ResidentStore {
  /** moveSlot copies everything of a slot to another one, on the device. */
  moveSlot(source: MemorySlot, target: MemorySlot): void;
  /** truncateSlot forgets the positions from `tokens` on. */
  truncateSlot(slot: MemorySlot, tokens: number): void;
}

interface Slot {
  sequence: SequenceId | null;
  /** blocks are what the buffer holds, by their place; null where nobody can find the content. */
  blocks: readonly (BlockId | null)[];
  /** usedAt orders idle slots by when they were last of use. */
  usedAt: number;
}

const EMPTY: readonly BlockId[] = [];

/**
 * ResidentMemory keeps cached prefixes where they were computed: the buffer of a finished sequence stays as it is until the
 * buffer is needed, and a new sequence gets a copy of the buffer that holds its prefix, made by the device. One buffer more
 * than sequences can run is kept empty, as room to move others.
 */
export class ResidentMemory implements SlotMemory {
  private readonly store: ResidentStore;
  private readonly blockTokens: number;
  private readonly slots: Slot[];
  private readonly slotBySequence = new Map<SequenceId, MemorySlot>();
  private clock = 0;

  constructor(store: ResidentStore, options: { slots: number; blockTokens: number }) {
    this.store = store;
    this.blockTokens = options.blockTokens;
    this.slots = Array.from({ length: options.slots }, () => ({ sequence: null, blocks: EMPTY, usedAt: 0 }));
  }

  slotOf(sequence: SequenceId): MemorySlot {
    const slot = this.slotBySequence.get(sequence);
    if (slot === undefined) throw new Error(`Sequence ${sequence} is not open`);
    return slot;
  }

  track(sequence: SequenceId, blocks: readonly BlockId[]): void {
    this.entry(this.slotOf(sequence)).blocks = blocks;
  }

  open(sequence: SequenceId, prefix: readonly BlockId[]): BlockId[] {
    const source = prefix.length === 0 ? null : this.sourceOf(prefix);
    const lost: BlockId[] = [];
    // One empty slot must be left over.
    if (this.emptySlots() < 2) lost.push(...this.reclaim(source));
    const canTakeOver = source !== null && this.entry(source).sequence === null;
    const target = this.emptySlots() < 2 && canTakeOver ? source : this.firstEmpty();
    const { blocks: before } = this.entry(target);
    if (source !== null && source !== target) this.store.moveSlot(source, target);
    this.store.truncateSlot(target, prefix.length * this.blockTokens);
    this.slots[target] = { sequence, blocks: [...prefix], usedAt: this.tick() };
    this.slotBySequence.set(sequence, target);
    if (source !== null && source !== target) this.entry(source).usedAt = this.tick();
    // Taking the source itself over cuts off what it held behind the prefix.
    if (source === target) lost.push(...this.unheld(before));
    return lost;
  }

  truncate(sequence: SequenceId, tokens: number): void {
    this.store.truncateSlot(this.slotOf(sequence), tokens);
  }

  close(sequence: SequenceId, kept: readonly KeptBlock[]): void {
    const slot = this.slotOf(sequence);
    this.slotBySequence.delete(sequence);
    const length = kept.reduce((most, { index }) => Math.max(most, index + 1), 0);
    const blocks = new Array<BlockId | null>(length).fill(null);
    for (const { index, block } of kept) blocks[index] = block;
    this.store.truncateSlot(slot, length * this.blockTokens);
    this.slots[slot] = { sequence: null, blocks, usedAt: this.tick() };
  }

  drop(blocks: readonly BlockId[]): void {
    const dropped = new Set<BlockId | null>(blocks);
    for (const [slot, { sequence, blocks: held }] of this.slots.entries()) {
      if (sequence !== null || !held.some((block) => dropped.has(block))) continue;
      const left = held.map((block) => (dropped.has(block) ? null : block));
      while (left.length > 0 && left.at(-1) === null) left.pop();
      this.store.truncateSlot(slot, left.length * this.blockTokens);
      this.entry(slot).blocks = left;
    }
  }

  /** arrange brings running sequences side by side: llama.cpp computes only neighbours together. */
  arrange(): void {
    const count = this.slotBySequence.size;
    for (let last = this.slots.length - 1; last >= count; last -= 1) {
      if (this.entry(last).sequence === null) continue;
      const gap = this.slots.findIndex(({ sequence }) => sequence === null);
      if (this.entry(gap).blocks.length > 0) this.move(gap, this.firstEmpty());
      this.move(last, gap);
    }
  }

  clear(): void {
    this.slotBySequence.clear();
    for (const slot of this.slots.keys()) this.slots[slot] = { sequence: null, blocks: EMPTY, usedAt: 0 };
  }

  /** sourceOf is the slot that holds the last block of a prefix at its place, and so, by its hash, all before it. */
  private sourceOf(prefix: readonly BlockId[]): MemorySlot {
    const place = prefix.length - 1;
    const slot = this.slots.findIndex(({ blocks }) => blocks[place] === prefix[place]);
    if (slot < 0) throw new Error(`No sequence holds KV block ${prefix[place]}`);
    return slot;
  }

  /** reclaim empties the idle slot that was of use longest ago, but not `spared`; it returns the content lost by it. */
  private reclaim(spared: MemorySlot | null): BlockId[] {
    let oldest: MemorySlot | null = null;
    for (const [slot, { sequence, blocks, usedAt }] of this.slots.entries()) {
      if (sequence !== null || blocks.length === 0 || slot === spared) continue;
      if (oldest === null || usedAt < this.entry(oldest).usedAt) oldest = slot;
    }
    if (oldest === null) return [];
    const { blocks } = this.entry(oldest);
    this.store.truncateSlot(oldest, 0);
    this.slots[oldest] = { sequence: null, blocks: EMPTY, usedAt: 0 };
    return this.unheld(blocks);
  }

  /** unheld are those of some blocks that no slot holds. */
  private unheld(blocks: readonly (BlockId | null)[]): BlockId[] {
    const held = new Set(this.slots.flatMap((slot) => slot.blocks));
    return blocks.filter((block): block is BlockId => block !== null && !held.has(block));
  }

  private move(source: MemorySlot, target: MemorySlot): void {
    const entry = this.entry(source);
    this.store.moveSlot(source, target);
    this.store.truncateSlot(source, 0);
    this.slots[target] = entry;
    this.slots[source] = { sequence: null, blocks: EMPTY, usedAt: 0 };
    if (entry.sequence !== null) this.slotBySequence.set(entry.sequence, target);
  }

  private firstEmpty(): MemorySlot {
    const slot = this.slots.findIndex(({ sequence, blocks }) => sequence === null && blocks.length === 0);
    if (slot < 0) throw new Error('All sequence slots are in use');
    return slot;
  }

  private emptySlots(): number {
    return this.slots.filter(({ sequence, blocks }) => sequence === null && blocks.length === 0).length;
  }

  private entry(slot: MemorySlot): Slot {
    const entry = this.slots[slot];
    if (entry === undefined) throw new Error(`There is no slot ${slot}`);
    return entry;
  }

  private tick(): number {
    this.clock += 1;
    return this.clock;
  }
}
