import { expect, test } from 'vitest';
import { extendChain } from '../kv-cache/block-hash.ts';
import { KvCache } from '../kv-cache/kv-cache.ts';
import { createRandom } from '../sampling/random.ts';
import { ResidentMemory } from './resident-memory.ts';
import type { SlotMemory } from './slot-memory.ts';
import { StreamMemory, type StreamStore } from './stream-memory.ts';

const BLOCK_TOKENS = 4;
const SLOTS = 6;

/** BufferStore is a KV memory with a list of tokens for each slot. */
class BufferStore implements StreamStore {
  readonly slots: number[][] = Array.from({ length: SLOTS + 1 }, () => []);
  copiedBlocks = 0;

  readBlocks(slot: number, indices: readonly number[]): Uint8Array[] {
    this.copiedBlocks += indices.length;
    return indices.map((index) => {
      const tokens = this.slots[slot]?.slice(index * BLOCK_TOKENS, (index + 1) * BLOCK_TOKENS) ?? [];
      expect(tokens).toHaveLength(BLOCK_TOKENS);
      return new Uint8Array(Int32Array.from(tokens).buffer);
    });
  }

  writeBlocks(slot: number, blocks: readonly Uint8Array[]): void {
    this.slots[slot] = blocks.flatMap((block) => [...new Int32Array(block.buffer)]);
  }

  moveSlot(source: number, target: number): void {
    expect(this.slots[target]).toEqual([]);
    this.slots[target] = [...(this.slots[source] ?? [])];
  }

  truncateSlot(slot: number, tokens: number): void {
    this.slots[slot]?.splice(tokens);
  }
}

interface Live {
  id: number;
  tokens: number[];
  computed: number;
  chain: string[];
}

const MEMORIES: Record<string, (store: BufferStore) => SlotMemory> = {
  'copies in host memory': (store) => new StreamMemory(store, SLOTS),
  'copies on the device': (store) => new ResidentMemory(store, { slots: SLOTS + 1, blockTokens: BLOCK_TOKENS }),
};
const HISTORIES = Object.keys(MEMORIES).flatMap((name) => [1, 2, 3, 4].map((seed) => ({ name, seed })));

// Whatever comes and goes, a step finds each running sequence's own tokens in its slot and the slots without gaps, and no
// content is kept that nobody can find.
test.each(HISTORIES)('slots follow the block tables through a random history ($name, seed $seed)', ({ name, seed }) => {
  const random = createRandom(seed);
  const pick = (count: number) => Math.floor(random() * count);
  const kv = new KvCache({ totalBlocks: SLOTS * 11, blockTokens: BLOCK_TOKENS, maxCachedBlocks: 12 });
  const store = new BufferStore();
  const memory = (MEMORIES[name] as (store: BufferStore) => SlotMemory)(store);
  const live: Live[] = [];
  const contents = new Set<number>();
  let lastId = 0;
  let shared = 0;

  const drop = () => {
    const evicted = kv.drainEvicted().map(({ block }) => block);
    memory.drop(evicted);
    for (const block of evicted) contents.delete(block);
  };

  const begin = () => {
    const topic = pick(3);
    const tokens = Array.from({ length: 1 + pick(24) }, (_, index) => topic * 1000 + (index < 12 ? index : pick(2)));
    lastId += 1;
    const sequence: Live = { id: lastId, tokens, computed: 0, chain: [] };
    extendChain(sequence.chain, Int32Array.from(tokens), { blockTokens: BLOCK_TOKENS, salt: '' });
    const chain = sequence.chain.slice(0, Math.floor((tokens.length - 1) / BLOCK_TOKENS));
    const prefix = kv.begin(sequence.id, chain);
    drop();
    kv.evict(memory.open(sequence.id, prefix));
    drop();
    sequence.computed = prefix.length * BLOCK_TOKENS;
    shared += prefix.length;
    live.push(sequence);
  };

  const step = () => {
    const chosen = live.filter(({ tokens }) => random() < 0.8 && tokens.length < 40);
    const counts = chosen.map((sequence) => {
      if (sequence.computed === sequence.tokens.length) sequence.tokens.push(5000 + pick(2));
      const count = 1 + pick(sequence.tokens.length - sequence.computed);
      expect(kv.grow(sequence.id, sequence.computed + count)).toBe(true);
      drop();
      memory.track(sequence.id, kv.blocksOf(sequence.id));
      return count;
    });
    memory.arrange();
    const slots = live.map(({ id }) => memory.slotOf(id)).toSorted((left, right) => left - right);
    expect(slots).toEqual(slots.map((_, index) => index));
    for (const [place, sequence] of chosen.entries()) {
      const slot = memory.slotOf(sequence.id);
      const count = counts[place] ?? 0;
      store.slots[slot]?.push(...sequence.tokens.slice(sequence.computed, sequence.computed + count));
      sequence.computed += count;
      if (sequence.computed > 1 && random() < 0.2) {
        // A guess that failed: computed, and taken back.
        store.slots[slot]?.push(-1, -1);
        memory.truncate(sequence.id, sequence.computed);
      }
      extendChain(sequence.chain, Int32Array.from(sequence.tokens), { blockTokens: BLOCK_TOKENS, salt: '' });
      kv.publish(sequence.id, sequence.chain, sequence.computed);
    }
    for (const { id, tokens, computed } of live) {
      expect(store.slots[memory.slotOf(id)]).toEqual(tokens.slice(0, computed));
    }
  };

  const end = (sequence: Live) => {
    live.splice(live.indexOf(sequence), 1);
    const kept = kv.end(sequence.id);
    memory.close(sequence.id, kept);
    kv.trim();
    for (const { block } of kept) contents.add(block);
    drop();
    if (memory instanceof StreamMemory) for (const block of contents) expect(memory.readBlock(block)).not.toBeNull();
  };

  for (let round = 0; round < 1500; round += 1) {
    const sequence = live[pick(live.length)];
    const action = random();
    if ((action < 0.25 && live.length < SLOTS) || sequence === undefined) begin();
    else if (action < 0.8) step();
    else end(sequence);
    const { used, cached, free, total } = kv.counts;
    expect(used + cached + free).toBe(total);
    expect(cached).toBeLessThanOrEqual(12 + SLOTS * 8);
  }
  for (const sequence of [...live]) end(sequence);
  expect(kv.counts.used).toBe(0);
  expect(kv.counts.cached).toBeLessThanOrEqual(12);
  expect(shared).toBeGreaterThan(100);
});
