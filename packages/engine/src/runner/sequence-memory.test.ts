import { expect, test } from 'vitest';
import { extendChain } from '../kv-cache/block-hash.ts';
import { KvCache } from '../kv-cache/kv-cache.ts';
import { createRandom } from '../sampling/random.ts';
import { SequenceMemory, type SequenceStore } from './sequence-memory.ts';

const BLOCK_TOKENS = 4;

/** CellStore is a KV memory as llama.cpp has it: cells with a position, each belonging to some slots. */
class CellStore implements SequenceStore {
  cells: { position: number; token: number; slots: Set<number> }[] = [];

  removeTokens(slot: number, from: number, to: number): boolean {
    for (const cell of this.inRange(from, to)) cell.slots.delete(slot);
    this.cells = this.cells.filter((cell) => cell.slots.size > 0);
    return true;
  }

  copyTokens(source: number, target: number, range: { from: number; to: number }): void {
    for (const cell of this.inRange(range.from, range.to)) if (cell.slots.has(source)) cell.slots.add(target);
  }

  write(slot: number, position: number, token: number): void {
    this.cells.push({ position, token, slots: new Set([slot]) });
  }

  read(slot: number): number[] {
    const own = this.cells.filter((cell) => cell.slots.has(slot)).toSorted((a, b) => a.position - b.position);
    expect(own.map((cell) => cell.position)).toEqual(own.map((_, index) => index));
    return own.map((cell) => cell.token);
  }

  private inRange(from: number, to: number) {
    return this.cells.filter(({ position }) => position >= from && (to < 0 || position < to));
  }
}

interface Live {
  id: number;
  tokens: number[];
  computed: number;
  chain: string[];
}

// Whatever comes and goes, each running sequence sees its own tokens, once each and nothing else, and the memory never
// holds more cells than the blocks that are counted as used or cached.
test.each([1, 2, 3, 4])('slots follow the block tables through a random history (seed %i)', (seed) => {
  const random = createRandom(seed);
  const pick = (count: number) => Math.floor(random() * count);
  const kv = new KvCache({ totalBlocks: 40, blockTokens: BLOCK_TOKENS });
  const store = new CellStore();
  const memory = new SequenceMemory(store, { slots: 8, blockTokens: BLOCK_TOKENS });
  const live: Live[] = [];
  let lastId = 0;

  const dropEvicted = () => memory.drop(kv.drainEvicted().map(({ block }) => block));

  const begin = () => {
    // Few different beginnings, so that prefixes are often shared.
    const topic = pick(3);
    const tokens = Array.from({ length: 1 + pick(24) }, (_, index) => topic * 1000 + (index < 12 ? index : pick(2)));
    lastId += 1;
    const sequence: Live = { id: lastId, tokens, computed: 0, chain: [] };
    extendChain(sequence.chain, Int32Array.from(tokens), { blockTokens: BLOCK_TOKENS, salt: '' });
    const chain = sequence.chain.slice(0, Math.floor((tokens.length - 1) / BLOCK_TOKENS));
    if (kv.availableBlocks < Math.ceil(tokens.length / BLOCK_TOKENS) + 1) return;
    const prefix = kv.begin(sequence.id, chain);
    dropEvicted();
    kv.evict(memory.open(sequence.id, prefix));
    dropEvicted();
    sequence.computed = prefix.length * BLOCK_TOKENS;
    expect(store.read(memory.slotOf(sequence.id))).toEqual(tokens.slice(0, sequence.computed));
    live.push(sequence);
  };

  const advance = (sequence: Live) => {
    if (sequence.computed === sequence.tokens.length) sequence.tokens.push(5000 + pick(2));
    const count = 1 + pick(sequence.tokens.length - sequence.computed);
    if (!kv.grow(sequence.id, sequence.computed + count)) return;
    dropEvicted();
    memory.track(sequence.id, kv.blocksOf(sequence.id));
    for (let index = sequence.computed; index < sequence.computed + count; index += 1) {
      store.write(memory.slotOf(sequence.id), index, sequence.tokens[index] ?? -1);
    }
    sequence.computed += count;
    extendChain(sequence.chain, Int32Array.from(sequence.tokens), { blockTokens: BLOCK_TOKENS, salt: '' });
    kv.publish(sequence.id, sequence.chain, sequence.computed);
  };

  const end = (sequence: Live) => {
    live.splice(live.indexOf(sequence), 1);
    memory.close(sequence.id, kv.end(sequence.id));
  };

  for (let round = 0; round < 1500; round += 1) {
    const sequence = live[pick(live.length)];
    const action = random();
    if ((action < 0.2 && live.length < 5) || sequence === undefined) begin();
    else if (action < 0.9) advance(sequence);
    else end(sequence);
    for (const { id, tokens, computed } of live) {
      expect(store.read(memory.slotOf(id))).toEqual(tokens.slice(0, computed));
    }
    const { used, cached, free, total } = kv.counts;
    expect(used + cached + free).toBe(total);
    expect(store.cells.length).toBeLessThanOrEqual((used + cached) * BLOCK_TOKENS);
  }
  for (const sequence of [...live]) end(sequence);
  expect(kv.counts.used).toBe(0);
  expect(store.cells.length).toBe(kv.counts.cached * BLOCK_TOKENS);
});
