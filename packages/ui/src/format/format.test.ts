import { describe, expect, test } from 'vitest';
import { formatMoney, formatMoneyTick, formatPrice } from './money.ts';
import { formatBytes, formatCount, formatMilliseconds, formatPercent, formatTokens } from './quantity.ts';
import { formatAbsolute, formatDay, formatDuration, formatRelative } from './time.ts';

const plain = (text: string) => text.replaceAll(/\u202f/g, ' ');

describe('an amount keeps the decimals that make it readable', () => {
  test.each([
    ['nothing', 0, '€0.00'],
    ['a round price', 2_400_000, '€2.40'],
    ['thousands', 12_345_678_900, '€12,345.68'],
    ['below a cent', 2_300, '€0.0023'],
    ['one micro', 1, '€0.000001'],
    ['negative', -5_000_000, '-€5.00'],
  ])('%s', (_name, micros, expected) => {
    expect(formatMoney(micros)).toBe(expected);
  });
  test('the ticks of an axis differ', () => {
    expect([0, 7_500, 15_000, 22_500, 30_000].map((micros) => formatMoneyTick(micros))).toEqual([
      '€0',
      '€0.0075',
      '€0.015',
      '€0.0225',
      '€0.03',
    ]);
  });
  test('a price has its unit, an unknown one says so', () => {
    expect(formatPrice(20_000, 'cpu slot h')).toBe('€0.02 / cpu slot h');
    expect(formatPrice(null, 'cpu slot h')).toBe('no price');
  });
});

describe('quantities are short and carry their unit', () => {
  test.each([
    ['bytes', formatBytes(512), '512 B'],
    ['98 MB model', formatBytes(97_900_000), '93.4 MiB'],
    ['a carry at the border', formatBytes(1_048_575), '1 MiB'],
    ['tokens', formatTokens(1_234_567), '1.2 M'],
    ['few tokens', formatTokens(999), '999'],
    ['parameters', formatTokens(134_515_008), '135 M'],
    ['a share', formatPercent(0.125), '12.5 %'],
    ['all', formatPercent(1), '100 %'],
    ['nothing measured', formatPercent(null), '–'],
    ['latency', formatMilliseconds(1_240), '1.24 s'],
    ['short latency', formatMilliseconds(85.4), '85 ms'],
    ['a count', formatCount(1_234_567), '1,234,567'],
  ])('%s', (_name, actual, expected) => {
    expect(plain(actual)).toBe(expected);
  });
});

describe('times are relative with two units at most', () => {
  const now = Date.UTC(2026, 10, 21, 12, 0, 0);
  test.each([
    ['seconds', formatDuration(42), '42 s'],
    ['hours and minutes', formatDuration(7_500), '2 h 5 min'],
    ['a full hour has no empty minutes', formatDuration(3_600), '1 h'],
    ['no time', formatDuration(0), '0 s'],
    ['past', formatRelative(now - 300_000, now), '5 min ago'],
    ['future', formatRelative(now + 3 * 86_400_000, now), 'in 3 d'],
    ['clock skew of a second', formatRelative(now + 1_000, now), 'just now'],
    ['absolute', formatAbsolute(now), '2026-11-21 12:00:00 UTC'],
    ['day', formatDay(now), '21 Nov 2026'],
  ])('%s', (_name, actual, expected) => {
    expect(plain(actual)).toBe(expected);
  });
});
