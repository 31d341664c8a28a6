import { describe, expect, test } from 'vitest';
import { costCsv, costRows, costSeries, daySpan, type LedgerSum } from './cost-report.ts';
import { toCsv } from './csv.ts';

const sum = (fields: Partial<LedgerSum>): LedgerSum => ({
  key: 'vision',
  day: '2026-03-01',
  slotPicos: 0n,
  tokenPicos: 0n,
  slotMillis: 0n,
  requests: 0,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  ...fields,
});

describe('daySpan', () => {
  test('takes whole days in UTC, and as many before', () => {
    expect(daySpan('2026-03-01', '2026-03-03')).toEqual({
      from: new Date('2026-03-01T00:00:00Z'),
      until: new Date('2026-03-04T00:00:00Z'),
      previousFrom: new Date('2026-02-26T00:00:00Z'),
    });
  });
  test.each([
    ['the wrong way round', '2026-03-02', '2026-03-01', 'before the first'],
    ['too far apart', '2020-01-01', '2026-03-01', 'at most 732 days'],
  ])('%s', (_, from, to, message) => expect(() => daySpan(from, to)).toThrow(message));
});

describe('costRows', () => {
  test('adds days exactly and rounds once: three thirds of a micro are one', () => {
    const third = sum({ tokenPicos: 333_333n });
    const rows = costRows(
      [third, { ...third, day: '2026-03-02' }, { ...third, day: '2026-03-03', tokenPicos: 333_334n }],
      'team',
    );
    expect(rows.map((row) => [row.key, row.tokenMicros, row.totalMicros])).toEqual([['vision', 1, 1]]);
  });
  test('puts the dearest first, days in their order', () => {
    const sums = [
      sum({ key: 'a', slotPicos: 1n }),
      sum({ key: 'b', slotPicos: 9n }),
      sum({ key: 'c', tokenPicos: 5n }),
    ];
    expect(costRows(sums, 'team').map((row) => row.key)).toEqual(['b', 'c', 'a']);
    expect(costRows(sums, 'day').map((row) => row.key)).toEqual(['a', 'b', 'c']);
  });
});

test('the series by day has one group, the total', () => {
  const sums = [sum({ key: '2026-03-01', slotPicos: 2_000_000n })];
  expect(costSeries(sums, 'day')).toEqual([{ day: '2026-03-01', key: 'total', label: 'Total', totalMicros: 2 }]);
  expect(costSeries([sum({ key: 'tokens' })], 'kind')[0]?.label).toBe('Tokens');
});

test('the CSV holds exact amounts that add up', () => {
  const csv = costCsv(
    [sum({ slotPicos: 1n, tokenPicos: 2_000_000_000_000n, slotMillis: 1_500n, requests: 3 })],
    'team',
  );
  expect(csv.split('\r\n')[1]).toBe('2026-03-01,vision,vision,1.500,0.000000000001,3,0,0,0,2.00,2.000000000001,EUR');
});

describe('toCsv', () => {
  test.each([
    ['a comma', 'a,b', '"a,b"'],
    ['a quote', 'say "hi"', '"say ""hi"""'],
    ['a line break', 'a\nb', '"a\nb"'],
    ['a formula', '=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['a formula after a plus', '+1+cmd', "'+1+cmd"],
    ['a formula after an at sign', '@SUM(A1)', "'@SUM(A1)"],
    ['a formula after a tab', '\t=1', "'\t=1"],
    ['a negative number stays a number', '-2.50', '-2.50'],
    ['a hyphenated word that a spreadsheet would calculate', '-cmd', "'-cmd"],
  ])('%s', (_, value, cell) => expect(toCsv([[value]])).toBe(`${cell}\r\n`));
});
