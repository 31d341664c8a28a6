import { describe, expect, test } from 'vitest';
import { requestCostPicos, slotCostPicos, slotMillis, tokenCostPicos } from './cost.ts';
import { divideHalfUp, formatPicos, picosToMicros } from './money.ts';

describe('a token costs exactly its price', () => {
  test('a million tokens at 150,000 micros are 0.15', () => {
    expect(formatPicos(tokenCostPicos(1_000_000, 150_000n))).toBe('0.15');
  });
  test('one token at 1 micro per million is one pico, not nothing', () => {
    expect(formatPicos(tokenCostPicos(1, 1n))).toBe('0.000000000001');
  });
  test('cached prompt tokens are counted once, with the prompt', () => {
    const prices = { promptPriceMicros: 50_000n, completionPriceMicros: 150_000n };
    expect(requestCostPicos({ promptTokens: 10, completionTokens: 20 }, prices)).toBe(3_500_000n);
  });
  test('requests add up to the same however they are split', () => {
    const whole = tokenCostPicos(123_457, 98_765n);
    const parts = [1, 456, 23_000, 100_000].map((tokens) => tokenCostPicos(tokens, 98_765n));
    expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(whole);
  });
});

describe('slots cost by the millisecond', () => {
  const start = new Date('2026-03-01T00:00:00Z');
  const end = new Date('2026-03-01T01:00:00Z');
  test('two slots for an hour at 20,000 micros are 0.04', () => {
    expect(formatPicos(slotCostPicos(slotMillis(2, start, end), 20_000n))).toBe('0.04');
  });
  test('an end before its start is nothing, never negative', () => {
    expect(slotMillis(2, end, start)).toBe(0n);
  });
  test('a day cut into intervals costs the day, within a pico for each cut', () => {
    const price = 20_003n;
    const cuts = Array.from({ length: 997 }, (_, i) => 86_400 + ((i * 7_919) % 600) - 300);
    const total = cuts.reduce((sum, millis) => sum + BigInt(millis), 0n);
    const parts = cuts.reduce((sum, millis) => sum + slotCostPicos(BigInt(millis), price), 0n);
    const difference = parts - slotCostPicos(total, price);
    expect(difference < 0n ? -difference : difference).toBeLessThan(BigInt(cuts.length));
  });
});

describe('money as text', () => {
  test.each([
    [0n, '0.00'],
    [1n, '0.000000000001'],
    [500_000_000_000n, '0.50'],
    [1_234_567_000_000_000n, '1234.567'],
    [-2_500_000_000_000n, '-2.50'],
  ])('%s picos', (picos, text) => expect(formatPicos(picos)).toBe(text));

  test.each([
    [499_999n, 0],
    [500_000n, 1],
    [1_499_999n, 1],
    [-500_000n, 0],
    [-500_001n, -1],
  ])('%s picos round half up', (picos, micros) => expect(picosToMicros(picos)).toBe(micros));

  test('divideHalfUp agrees with the definition floor(x + 1/2)', () => {
    for (let dividend = -50n; dividend <= 50n; dividend += 1n) {
      expect(divideHalfUp(dividend, 7n)).toBe(BigInt(Math.floor(Number(dividend) / 7 + 0.5)));
      expect(divideHalfUp(dividend, 4n)).toBe(BigInt(Math.floor(Number(dividend) / 4 + 0.5)));
    }
  });
});
