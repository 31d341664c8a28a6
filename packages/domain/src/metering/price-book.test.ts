import { describe, expect, test } from 'vitest';
import { datePrices, decideNewPrice, type PriceEntry, priceAt, slotPriceAt, tokenPriceAt } from './price-book.ts';

const at = (day: number) => new Date(Date.UTC(2026, 0, 1) + day * 86_400_000);
const NOW = at(100);
let nextId = 0;
const entry = (fields: Partial<PriceEntry>): PriceEntry => ({
  id: `p${nextId++}`,
  kind: 'slot_hour',
  flavorName: 'cpu',
  modelName: null,
  amountMicros: 1n,
  effectiveFrom: at(0),
  setBy: 'finops@example.com',
  createdAt: at(0),
  ...fields,
});

describe('the past keeps its price', () => {
  // A small generator with a fixed seed: many books, every one the same in each run.
  const random = (seed: number) => () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };

  test('whatever prices are set in whatever order, what held before the moment of setting still holds', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const next = random(seed);
      let book: PriceEntry[] = [entry({ amountMicros: 7n })];
      for (let day = 1; day < 30; day += 1) {
        const now = at(day);
        const flavor = next() < 0.5 ? 'cpu' : 'gpu';
        const effectiveFrom = next() < 0.5 ? undefined : at(day + Math.floor(next() * 10));
        const before = book;
        const decided = tryDecide({ kind: 'slot_hour', flavor, effectiveFrom }, before, now);
        if (decided === null) continue;
        book = [...before, entry({ ...decided, amountMicros: BigInt(Math.floor(next() * 100)), createdAt: now })];
        for (const name of ['cpu', 'gpu']) {
          for (let past = 0; past < day; past += 0.5) {
            expect(slotPriceAt(book, name, at(past))).toBe(slotPriceAt(before, name, at(past)));
          }
        }
        expect(slotPriceAt(book, flavor, decided.effectiveFrom)).toBe(book.at(-1)?.amountMicros);
      }
    }
  });

  function tryDecide(...args: Parameters<typeof decideNewPrice>) {
    try {
      return decideNewPrice(...args);
    } catch {
      return null;
    }
  }

  test('a price that begins in the past is refused', () => {
    expect(() => decideNewPrice({ kind: 'slot_hour', flavor: 'cpu', effectiveFrom: at(99) }, [], NOW)).toThrow(
      'in the past',
    );
  });
  test('a clock a few seconds behind is now', () => {
    const late = new Date(NOW.getTime() - 5_000);
    expect(decideNewPrice({ kind: 'slot_hour', flavor: 'cpu', effectiveFrom: late }, [], NOW).effectiveFrom).toEqual(
      NOW,
    );
  });
});

describe('which price holds', () => {
  const general = entry({ kind: 'prompt_tokens', flavorName: null, amountMicros: 5n });
  const own = entry({
    kind: 'prompt_tokens',
    flavorName: null,
    modelName: 'vision/chat',
    amountMicros: 9n,
    effectiveFrom: at(10),
  });
  const question = { kind: 'prompt_tokens', modelName: 'vision/chat' } as const;
  test('a model’s own price goes before the general one, from its beginning on', () => {
    expect(tokenPriceAt([general, own], question, at(9))).toBe(5n);
    expect(tokenPriceAt([general, own], question, at(10))).toBe(9n);
    expect(tokenPriceAt([general, own], { ...question, modelName: 'other/chat' }, at(11))).toBe(5n);
  });
  test('an unknown price is unknown, not zero', () => {
    expect(slotPriceAt([], 'cpu', NOW)).toBeNull();
    expect(tokenPriceAt([own], question, at(1))).toBeNull();
  });
  test('of two that begin together the one set last holds', () => {
    const first = entry({ amountMicros: 1n, createdAt: at(1) });
    const second = entry({ amountMicros: 2n, createdAt: at(2) });
    const key = { kind: 'slot_hour', flavorName: 'cpu', modelName: null } as const;
    expect(priceAt([first, second], key, NOW)?.amountMicros).toBe(2n);
    expect(priceAt([second, first], key, NOW)?.amountMicros).toBe(2n);
  });
});

test.each([
  ['a slot hour without a flavour', { kind: 'slot_hour' }, 'Name the flavour'],
  ['tokens of a flavour', { kind: 'prompt_tokens', flavor: 'cpu' }, 'not for a flavour'],
  ['a slot hour of a model', { kind: 'slot_hour', flavor: 'cpu', model: 'a/b' }, 'whatever model'],
] as const)('%s is refused', (_, input, message) => {
  expect(() => decideNewPrice(input, [], NOW)).toThrow(message);
});

test('the book shows until when each line holds, and one current line for each key', () => {
  const old = entry({ amountMicros: 1n });
  const current = entry({ amountMicros: 2n, effectiveFrom: at(50) });
  const future = entry({ amountMicros: 3n, effectiveFrom: at(150) });
  const other = entry({ flavorName: 'gpu', amountMicros: 4n });
  const dated = datePrices([old, current, future, other], NOW);
  const shown = dated.map((p) => [p.amountMicros, p.effectiveTo, p.isCurrent]);
  expect(shown[0]).toEqual([3n, null, false]);
  expect(shown[1]).toEqual([2n, at(150), true]);
  expect(shown).toContainEqual([1n, at(50), false]);
  expect(shown).toContainEqual([4n, null, true]);
});
