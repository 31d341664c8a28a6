import { describe, expect, test } from 'vitest';
import { HostTier } from './host-tier.ts';

const block = (fill: number, bytes = 10) => new Uint8Array(bytes).fill(fill);

describe('HostTier', () => {
  test('gives up the least recently used blocks, and returns them for the tier below', () => {
    const tier = new HostTier(30);
    for (const name of ['a', 'b', 'c']) tier.put(name, block(1));
    tier.get('a');
    expect(tier.put('d', block(4, 15)).map(({ hash }) => hash)).toEqual(['b', 'c']);
    expect(tier.entries().map(({ hash }) => hash)).toEqual(['a', 'd']);
    expect(tier).toMatchObject({ bytes: 25, blocks: 2, evictions: 2 });
  });

  test('a block larger than the budget goes straight through', () => {
    const tier = new HostTier(5);
    expect(tier.put('a', block(1))).toEqual([{ hash: 'a', content: block(1) }]);
    expect(tier).toMatchObject({ bytes: 0, blocks: 0 });
  });

  test('putting a block again replaces it without counting it twice', () => {
    const tier = new HostTier(20);
    tier.put('a', block(1));
    tier.put('a', block(2));
    expect(tier.get('a')).toEqual(block(2));
    expect(tier.bytes).toBe(10);
    tier.remove('a');
    expect(tier.bytes).toBe(0);
  });
});
