import { describe, expect, test } from 'vitest';
import { blockHash, extendChain } from './block-hash.ts';
import { KvCache } from './kv-cache.ts';

const BLOCK_TOKENS = 4;

function chainOf(tokens: number[], salt = ''): string[] {
  const chain: string[] = [];
  extendChain(chain, Int32Array.from(tokens), { blockTokens: BLOCK_TOKENS, salt });
  return chain;
}

/** compute runs a whole prompt through a cache, as the engine would. */
function compute(kv: KvCache, sequence: number, tokens: number[], salt = ''): number {
  const chain = chainOf(tokens, salt);
  const cachedBlocks = kv.begin(sequence, chain).length;
  expect(kv.grow(sequence, tokens.length)).toBe(true);
  kv.publish(sequence, chain, tokens.length);
  return cachedBlocks;
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

describe('block hashes', () => {
  const tokens = Int32Array.of(1, 2, 3, 4);
  const cases: Record<string, [string, string, boolean]> = {
    'the same tokens after the same parent are the same block': [
      blockHash('p', tokens, ''),
      blockHash('p', Int32Array.of(1, 2, 3, 4), ''),
      true,
    ],
    'another parent is another block': [blockHash('p', tokens, ''), blockHash('q', tokens, ''), false],
    'another salt is another block': [blockHash('p', tokens, 'a'), blockHash('p', tokens, 'b'), false],
    'the order of tokens counts': [blockHash(null, tokens, ''), blockHash(null, Int32Array.of(1, 2, 4, 3), ''), false],
  };
  test.each(Object.entries(cases))('%s', (_, [left, right, isEqual]) => {
    expect(left === right).toBe(isEqual);
  });

  test('a view into a longer array hashes like the tokens it shows', () => {
    const long = Int32Array.of(9, 1, 2, 3, 4, 9);
    expect(blockHash(null, long.subarray(1, 5), '')).toBe(blockHash(null, tokens, ''));
  });
});

describe('KvCache', () => {
  test('a finished prompt is found by the next one that begins with it', () => {
    const kv = new KvCache({ totalBlocks: 8, blockTokens: BLOCK_TOKENS });
    compute(kv, 1, range(0, 10));
    const blocks = [...kv.blocksOf(1)];
    kv.end(1);
    expect(kv.match(chainOf([...range(0, 8), 99, 98, 97, 96])).blocks).toEqual(blocks.slice(0, 2));
  });

  test('running sequences share the blocks of a common prefix, and none is freed before its last user ends', () => {
    const kv = new KvCache({ totalBlocks: 8, blockTokens: BLOCK_TOKENS });
    compute(kv, 1, range(0, 8));
    expect(compute(kv, 2, [...range(0, 8), 50])).toBe(2);
    expect(kv.counts).toEqual({ total: 8, free: 5, cached: 0, used: 3 });
    kv.end(1);
    expect(kv.counts.used).toBe(3);
    kv.end(2);
    expect(kv.counts).toEqual({ total: 8, free: 6, cached: 2, used: 0 });
  });

  test('partly filled blocks are given back without content', () => {
    const kv = new KvCache({ totalBlocks: 8, blockTokens: BLOCK_TOKENS });
    compute(kv, 1, range(0, 6));
    expect(kv.end(1)).toEqual([{ index: 0, block: expect.any(Number) }]);
    expect(kv.counts).toEqual({ total: 8, free: 7, cached: 1, used: 0 });
  });

  test('free blocks go before cached ones, the oldest cached first, the tail of a prompt before its beginning', () => {
    const kv = new KvCache({ totalBlocks: 6, blockTokens: BLOCK_TOKENS });
    compute(kv, 1, range(0, 8));
    kv.end(1);
    compute(kv, 2, range(100, 8));
    kv.end(2);
    expect(kv.counts).toEqual({ total: 6, free: 2, cached: 4, used: 0 });
    kv.begin(3, []);
    kv.grow(3, 8);
    expect(kv.drainEvicted()).toEqual([]);
    kv.grow(3, 12);
    expect(kv.drainEvicted()).toHaveLength(1);
    expect(kv.match(chainOf(range(0, 8))).blocks).toHaveLength(1);
    expect(kv.match(chainOf(range(100, 8))).blocks).toHaveLength(2);
  });

  test('no more content is cached than is worth keeping, and the oldest goes first', () => {
    const kv = new KvCache({ totalBlocks: 16, blockTokens: BLOCK_TOKENS, maxCachedBlocks: 3 });
    compute(kv, 1, range(0, 8));
    kv.end(1);
    compute(kv, 2, range(100, 8));
    kv.end(2);
    kv.trim();
    expect(kv.counts).toEqual({ total: 16, free: 13, cached: 3, used: 0 });
    expect(kv.drainEvicted()).toHaveLength(1);
    expect(kv.match(chainOf(range(0, 8))).blocks).toHaveLength(1);
    expect(kv.match(chainOf(range(100, 8))).blocks).toHaveLength(2);
  });

  test('growing beyond what is available takes nothing', () => {
    const kv = new KvCache({ totalBlocks: 2, blockTokens: BLOCK_TOKENS });
    kv.begin(1, []);
    expect(kv.grow(1, 12)).toBe(false);
    expect(kv.counts.used).toBe(0);
  });

  test('a prefix that another sequence is computing is announced, until it is there or given up', () => {
    const kv = new KvCache({ totalBlocks: 8, blockTokens: BLOCK_TOKENS });
    const chain = chainOf(range(0, 8));
    kv.begin(1, chain);
    kv.grow(1, 8);
    expect(kv.match(chain)).toMatchObject({ blocks: [], isBeingComputed: true });
    kv.publish(1, chain, 4);
    expect(kv.match(chain)).toMatchObject({ blocks: [expect.any(Number)], isBeingComputed: true });
    kv.end(1);
    expect(kv.match(chain)).toMatchObject({ blocks: [expect.any(Number)], isBeingComputed: false, revivedBlocks: 1 });
  });

  test('content of one salt is not found under another', () => {
    const kv = new KvCache({ totalBlocks: 8, blockTokens: BLOCK_TOKENS });
    compute(kv, 1, range(0, 8), 'team-a');
    expect(kv.match(chainOf(range(0, 8), 'team-b')).blocks).toEqual([]);
  });

  test('a block that was computed twice is findable once and freed with its sequence', () => {
    const kv = new KvCache({ totalBlocks: 8, blockTokens: BLOCK_TOKENS });
    const chain = chainOf(range(0, 4));
    kv.begin(1, chain);
    kv.begin(2, chain);
    for (const sequence of [1, 2]) {
      kv.grow(sequence, 4);
      kv.publish(sequence, chain, 4);
    }
    kv.end(2);
    kv.end(1);
    expect(kv.counts).toEqual({ total: 8, free: 7, cached: 1, used: 0 });
  });

  test('releasing twice is an error, not a leak', () => {
    const kv = new KvCache({ totalBlocks: 8, blockTokens: BLOCK_TOKENS });
    compute(kv, 1, range(0, 4));
    kv.end(1);
    expect(() => kv.end(1)).toThrow('has no blocks');
  });
});
