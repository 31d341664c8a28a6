import { expect, test } from 'vitest';
import { bytes, money, parseMoney } from './format.ts';

test.each([
  [0, '0.00 EUR'],
  [1, '0.000001 EUR'],
  [20_000, '0.02 EUR'],
  [1_500_000, '1.50 EUR'],
  [1_230_000_000, '1230.00 EUR'],
  [null, '-'],
])('%j micros are shown as %s', (micros, shown) => expect(money(micros)).toBe(shown));

test.each([
  ['0.05', 50_000],
  ['1', 1_000_000],
  ['0.000001', 1],
  ['999999999.999999', 999_999_999_999_999],
])('%s is read exactly', (text, micros) => expect(parseMoney(text)).toBe(micros));

test.each(['', '-1', '1,5', '1e3', '0.0000001', ' 1', '1.'])('%j is not an amount', (text) => {
  expect(() => parseMoney(text)).toThrow(/not an amount/);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 KB'],
  [98_362_432, '98.4 MB'],
  [245_000_000_000, '245 GB'],
  [null, '-'],
])('%j bytes are shown as %s', (value, shown) => expect(bytes(value)).toBe(shown));
