import { expect, test } from 'vitest';
import { changeText, daysOf, everyDay, seriesByKey } from './cost-range.ts';

const now = Date.UTC(2026, 10, 21, 12);

test.each([
  ['month', '2026-11-01'],
  ['7d', '2026-11-15'],
  ['30d', '2026-10-23'],
] as const)('the range %s begins on %s and ends today', (range, from) => {
  expect(daysOf(range, now)).toEqual({ from, to: '2026-11-21' });
});

test('every day of a span is there, also over the end of a month', () => {
  expect(everyDay('2026-10-30', '2026-11-02')).toEqual(['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02']);
});

test.each([
  [110, 100, '10 % more than in the span before'],
  [50, 100, '50 % less than in the span before'],
  [100, 100, 'as in the span before'],
  [5, 0, 'nothing in the span before'],
])('%i after %i is %s', (total, previous, text) => {
  expect(changeText(total, previous)).toBe(text);
});

test('each key has a value for each day and the sum is kept', () => {
  const days = ['2026-11-20', '2026-11-21'];
  const points = [
    { day: '2026-11-20', key: 'a', label: 'A', totalMicros: 1 },
    { day: '2026-11-21', key: 'a', label: 'A', totalMicros: 2 },
    { day: '2026-11-21', key: 'b', label: 'B', totalMicros: 4 },
  ];
  expect(seriesByKey(points, days)).toEqual([
    { key: 'a', label: 'A', values: [1, 2] },
    { key: 'b', label: 'B', values: [0, 4] },
  ]);
});
