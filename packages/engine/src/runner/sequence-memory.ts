import type { BlockId } from '../kv-cache/block-pool.ts';
import type { SequenceId } from '../kv-cache/kv-cache.ts';
import type { KeptBlock } from './port.ts';
import type { MemorySlot, SlotMemory } from './slot-memory.ts';

/** SequenceStore is a KV memory that is organised by sequence: cells with a position that belong to one or more slots. */
export interface SequenceStore {
  /** removeTokens takes positions [from, to) from a slot; -1 is the start, or the end. */
  removeTokens(slot: MemorySlot, from: number, to: number): boolean;
  /** copyTokens makes positions [from, to) of one slot belong to another as well, without copying data. */
  copyTokens(source: MemorySlot, target: MemorySlot, range: { from: number; to: number }): void;
}

interface Archive {
  slot: MemorySlot;
  /** blocks this archive alone keeps, by their place in the sequence. */
  blocks: Map<BlockId, number>;
}

/**
 * SequenceMemory keeps a memory of sequences in line with block tables. A finished sequence stays as an archive of the
 * blocks that are still findable; a new one shares cells with archives and with sequences that are running. There are only
 * so many slots: when they run out, the oldest archive goes and its blocks are lost.
 */
export class SequenceMemory implements SlotMemory {
  private readonly store: SequenceStore;
  private readonly blockTokens: number;
  private readonly freeSlots: MemorySlot[];
  private readonly running = new Map<SequenceId, { slot: MemorySlot; blocks: readonly BlockId[] }>();
  private readonly archives = new Set<Archive>();
  private readonly archiveOf = new Map<BlockId, Archive>();

  constructor(store: SequenceStore, options: { slots: number; blockTokens: number }) {
    this.store = store;
    this.blockTokens = options.blockTokens;
    this.freeSlots = Array.from({ length: options.slots }, (_, index) => options.slots - 1 - index);
  }

  slotOf(sequence: SequenceId): MemorySlot {
    return this.runningEntry(sequence).slot;
  }

  track(sequence: SequenceId, blocks: readonly BlockId[]): void {
    this.runningEntry(sequence).blocks = blocks;
  }

  open(sequence: SequenceId, prefix: readonly BlockId[]): BlockId[] {
    const slot = this.freeSlots.pop();
    if (slot === undefined) throw new Error('All sequence slots are in use');
    this.copyPrefix(slot, prefix);
    this.running.set(sequence, { slot, blocks: [...prefix] });
    // One slot stays free, so that the next sequence can take its prefix before an archive goes.
    return this.freeSlots.length === 0 ? this.giveUpOldestArchive() : [];
  }

  close(sequence: SequenceId, kept: readonly KeptBlock[]): void {
    const { slot } = this.runningEntry(sequence);
    this.running.delete(sequence);
    // The archive that was written last keeps a block, because a conversation that goes on asks for the longest one.
    for (const [archive, indices] of groupByArchive(kept, this.archiveOf)) this.takeFrom(archive, indices);
    if (kept.length === 0) {
      this.store.removeTokens(slot, -1, -1);
      this.freeSlots.push(slot);
      return;
    }
    const archive: Archive = { slot, blocks: new Map(kept.map(({ index, block }) => [block, index])) };
    for (const [from, to] of gaps(kept.map(({ index }) => index))) {
      this.store.removeTokens(slot, from * this.blockTokens, to === null ? -1 : to * this.blockTokens);
    }
    this.archives.add(archive);
    for (const { block } of kept) this.archiveOf.set(block, archive);
  }

  /** locate says where the cells of a kept block are; null when it is not kept. */
  locate(block: BlockId): { slot: MemorySlot; index: number } | null {
    const archive = this.archiveOf.get(block);
    const index = archive?.blocks.get(block);
    return archive === undefined || index === undefined ? null : { slot: archive.slot, index };
  }

  drop(blocks: readonly BlockId[]): void {
    const kept = blocks.map((block) => ({ block, index: this.archiveOf.get(block)?.blocks.get(block) ?? 0 }));
    for (const [archive, indices] of groupByArchive(kept, this.archiveOf)) this.takeFrom(archive, indices);
  }

  truncate(sequence: SequenceId, tokens: number): void {
    this.store.removeTokens(this.slotOf(sequence), tokens, -1);
  }

  // All slots share one buffer, wherever they are.
  arrange(): void {}

  clear(): void {
    for (const { slot } of this.running.values()) this.freeSlots.push(slot);
    for (const { slot } of this.archives) this.freeSlots.push(slot);
    this.running.clear();
    this.archives.clear();
    this.archiveOf.clear();
  }

  private copyPrefix(slot: MemorySlot, prefix: readonly BlockId[]): void {
    const sources = prefix.map((block) => this.sourceOf(block));
    let start = 0;
    for (let index = 1; index <= sources.length; index += 1) {
      if (index < sources.length && sources[index] === sources[start]) continue;
      const range = { from: start * this.blockTokens, to: index * this.blockTokens };
      this.store.copyTokens(sources[start] as MemorySlot, slot, range);
      start = index;
    }
  }

  private sourceOf(block: BlockId): MemorySlot {
    const archive = this.archiveOf.get(block);
    if (archive !== undefined) return archive.slot;
    for (const { slot, blocks } of this.running.values()) if (blocks.includes(block)) return slot;
    throw new Error(`No sequence holds KV block ${block}`);
  }

  private takeFrom(archive: Archive, kept: readonly KeptBlock[]): void {
    for (const { block } of kept) {
      archive.blocks.delete(block);
      this.archiveOf.delete(block);
    }
    if (archive.blocks.size === 0) {
      this.release(archive);
      return;
    }
    for (const [from, to] of runs(kept.map(({ index }) => index))) {
      this.store.removeTokens(archive.slot, from * this.blockTokens, to * this.blockTokens);
    }
  }

  private giveUpOldestArchive(): BlockId[] {
    const [oldest] = this.archives;
    if (oldest === undefined) return [];
    // A running sequence may share these cells: then they stay when the archive goes.
    const isRunning = (block: BlockId) => [...this.running.values()].some(({ blocks }) => blocks.includes(block));
    const kept = Array.from(oldest.blocks, ([block, index]) => ({ block, index }));
    const lost = kept.filter(({ block }) => !isRunning(block));
    this.takeFrom(
      oldest,
      kept.filter(({ block }) => isRunning(block)),
    );
    return lost.map(({ block }) => block);
  }

  private release(archive: Archive): void {
    this.archives.delete(archive);
    this.store.removeTokens(archive.slot, -1, -1);
    this.freeSlots.push(archive.slot);
  }

  private runningEntry(sequence: SequenceId): { slot: MemorySlot; blocks: readonly BlockId[] } {
    const entry = this.running.get(sequence);
    if (entry === undefined) throw new Error(`Sequence ${sequence} is not open`);
    return entry;
  }
}

function groupByArchive(
  kept: readonly KeptBlock[],
  archiveOf: ReadonlyMap<BlockId, Archive>,
): Map<Archive, KeptBlock[]> {
  const groups = new Map<Archive, KeptBlock[]>();
  for (const entry of kept) {
    const archive = archiveOf.get(entry.block);
    if (archive === undefined) continue;
    const group = groups.get(archive);
    if (group === undefined) groups.set(archive, [entry]);
    else group.push(entry);
  }
  return groups;
}

/** runs joins indices that follow each other into ranges [from, to). */
function runs(indices: readonly number[]): [number, number][] {
  const joined: [number, number][] = [];
  for (const index of indices.toSorted((left, right) => left - right)) {
    const last = joined.at(-1);
    if (last !== undefined && last[1] === index) last[1] = index + 1;
    else joined.push([index, index + 1]);
  }
  return joined;
}

/** gaps are the ranges between and after indices; the last one has no end. */
function gaps(indices: readonly number[]): [number, number | null][] {
  const between: [number, number | null][] = [];
  let next = 0;
  for (const [from, to] of runs(indices)) {
    if (from > next) between.push([next, from]);
    next = to;
  }
  between.push([next, null]);
  return between;
}
