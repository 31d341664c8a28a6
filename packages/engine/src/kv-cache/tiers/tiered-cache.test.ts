import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DiskTier } from './disk-tier.ts';
import { planLookup, type TierLookup, type TierName } from './plan-lookup.ts';
import { TieredCache } from './tiered-cache.ts';

const name = (index: number) => String(index).padStart(22, '0');
const chain = (...indices: number[]) => indices.map(name);
const block = (fill: number) => new Uint8Array(100).fill(fill);

let directory: string;
let disk: DiskTier;
let cache: TieredCache;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tiered-'));
  disk = await DiskTier.open({ directory, budgetBytes: 10_000 });
  cache = new TieredCache({ hostBytes: 300, disk });
});
afterEach(async () => {
  await disk.settled();
  await rm(directory, { recursive: true, force: true });
});

describe('planLookup', () => {
  const places: Record<string, TierName> = { a: 'host', b: 'host', c: 'disk', d: 'host', e: 'disk' };
  const cases: Record<string, { chain: string[]; lookup: TierLookup }> = {
    'blocks in host memory are ready': { chain: ['a', 'b'], lookup: { readyBlocks: 2, toFetch: [] } },
    'a block that is nowhere ends the run': { chain: ['a', '?', 'b', 'c'], lookup: { readyBlocks: 1, toFetch: [] } },
    'blocks on disk are worth fetching, with host blocks before and between': {
      chain: ['a', 'c', 'd', 'e', '?'],
      lookup: { readyBlocks: 1, toFetch: ['c', 'e'] },
    },
    'an unknown beginning finds nothing': { chain: ['?', 'a'], lookup: { readyBlocks: 0, toFetch: [] } },
  };
  test.each(Object.entries(cases))('%s', (_, { chain, lookup }) => {
    expect(planLookup(chain, (hash) => places[hash] ?? null)).toEqual(lookup);
  });
});

describe('TieredCache', () => {
  test('what falls out of host memory goes to disk and comes back', async () => {
    for (const index of [1, 2, 3, 4, 5]) cache.put(name(index), block(index));
    expect([1, 2, 3, 4, 5].map((index) => cache.placeOf(name(index)))).toEqual([
      'disk',
      'disk',
      'host',
      'host',
      'host',
    ]);
    expect(cache.lookUp(chain(1, 2, 3))).toEqual({ readyBlocks: 0, toFetch: chain(1, 2) });
    expect(await cache.fetch(chain(1, 2))).toEqual(new Set(chain(1, 2)));
    expect(cache.leading(chain(1, 2)).map(([first]) => first)).toEqual([1, 2]);
    expect(cache.host.bytes).toBeLessThanOrEqual(300);
  });

  test('the beginning of a used prefix goes last', () => {
    for (const index of [1, 2, 3]) cache.put(name(index), block(index));
    cache.leading(chain(1, 2, 3));
    cache.put(name(4), block(4));
    expect(cache.leading(chain(1, 2, 3)).map(([first]) => first)).toEqual([1, 2]);
  });

  test('a fetch brings no more than host memory holds', async () => {
    for (const index of [1, 2, 3, 4, 5, 6, 7, 8]) disk.put(name(index), block(index));
    expect(await cache.fetch(chain(1, 2, 3, 4, 5))).toEqual(new Set(chain(1, 2, 3)));
    expect(cache.leading(chain(1, 2, 3))).toHaveLength(3);
  });

  test('a fetch that meets a damaged file brings what was before it', async () => {
    for (const index of [1, 2, 3]) disk.put(name(index), block(index));
    await disk.settled();
    disk.remove(name(2));
    expect(await cache.fetch(chain(1, 2, 3))).toEqual(new Set(chain(1)));
  });

  test('a disk that does not answer holds nobody up for long', async () => {
    disk.get = () => new Promise(() => undefined);
    const impatient = new TieredCache({ hostBytes: 300, disk, maxFetchMs: 5 });
    expect(await impatient.fetch(chain(1))).toEqual(new Set());
  });

  test('what is in host memory can be persisted', async () => {
    for (const index of [1, 2]) cache.put(name(index), block(index));
    await cache.persist(() => true);
    const again = await DiskTier.open({ directory, budgetBytes: 10_000 });
    expect(again.blocks).toBe(2);
  });
});
