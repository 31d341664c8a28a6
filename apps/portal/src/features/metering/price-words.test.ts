import { expect, test } from 'vitest';
import { toMicros } from './price-words.ts';

test.each([
  ['0.02', 20_000],
  ['0,15', 150_000],
  ['2', 2_000_000],
  ['0.000001', 1],
  ['0.1', 100_000],
  ['0.0000001', null],
  ['-1', null],
  ['1e3', null],
  ['', null],
])('"%s" is %s micros', (text, expected) => {
  expect(toMicros(text)).toBe(expected);
});
