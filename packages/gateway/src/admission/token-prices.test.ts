import type { PriceEntry } from '@slipway/domain/metering';
import { expect, test } from 'vitest';
import { findTokenPrices } from './token-prices.ts';

const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const price = (kind: PriceEntry['kind'], amountMicros: bigint, from: number, modelName: string | null = null) => ({
  id: `${kind}-${from}`,
  kind,
  flavorName: null,
  amountMicros,
  effectiveFrom: day(from),
  modelName,
  setBy: 'finops@example.com',
  createdAt: day(from),
});
const book: PriceEntry[] = [
  price('prompt_tokens', 10n, 1),
  price('completion_tokens', 40n, 1),
  price('prompt_tokens', 20n, 10),
  price('prompt_tokens', 99n, 12, 'a/special'),
  price('prompt_tokens', 30n, 20),
];

test.each([
  ['the newest price that already holds', 'a/b', day(15), 20n],
  ['a price from the very instant on', 'a/b', day(10), 20n],
  ['a later price not before its time', 'a/b', day(9), 10n],
  ['a model’s own price before the general one', 'a/special', day(25), 99n],
  ['the general one where the model’s own does not hold yet', 'a/special', day(11), 20n],
])('%s', (_name, model, at, expected) => {
  expect(findTokenPrices(book, model, at)).toEqual({ promptPriceMicros: expected, completionPriceMicros: 40n });
});

test.each([
  ['before the first price', book, new Date(Date.UTC(2025, 0, 1)), 'prompt tokens'],
  ['with only prompt prices', book.filter((entry) => entry.kind === 'prompt_tokens'), day(15), 'completion tokens'],
] as const)('nothing is free by accident: %s the missing price is named', (_name, prices, at, missing) => {
  expect(findTokenPrices(prices, 'a/b', at)).toEqual({ missing });
});
