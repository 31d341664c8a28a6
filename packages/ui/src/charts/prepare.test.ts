import { describe, expect, test } from 'vitest';
import { CHART_COLORS, isAlone, prepareChart } from './prepare.ts';
import { formatValue, formatX } from './units.ts';

const line = (key: string, values: (number | null)[]) => ({
  key,
  label: key,
  values,
});

describe('prepareChart', () => {
  test('keeps what was not measured as a gap, never as zero', () => {
    const { rows } = prepareChart({
      x: ['a', 'b', 'c'],
      series: [line('loss', [1, null, 3])],
    });
    expect(rows.map((row) => row.s0)).toEqual([1, null, 3]);
  });

  test('takes the colours in their order, a given colour wins', () => {
    const { series } = prepareChart({
      x: ['a'],
      series: [line('one', [1]), { ...line('two', [1]), color: '#123456' }, line('three', [1])],
    });
    expect(series.map((one) => one.color)).toEqual([CHART_COLORS[0], '#123456', CHART_COLORS[2]]);
  });

  test('shows seven series and the sum of the rest as other', () => {
    const series = Array.from({ length: 10 }, (_, index) => line(`team-${index}`, [index, null]));
    const prepared = prepareChart({ x: ['a', 'b'], series, rankBy: 'total' });
    expect(prepared.series.map((one) => one.label)).toEqual([
      'team-9',
      'team-8',
      'team-7',
      'team-6',
      'team-5',
      'team-4',
      'team-3',
      'Other (3)',
    ]);
    expect(prepared.series.at(-1)?.color).toBe(CHART_COLORS[7]);
    expect(prepared.rows.map((row) => row.s7)).toEqual([3, null]);
  });

  test('draws few points of ten thousand and keeps the peak, the gap and both ends', () => {
    const values: (number | null)[] = Array.from({ length: 10_000 }, (_, at) => Math.sin(at / 50));
    values[4_321] = 99;
    values[7_000] = null;
    const { rows } = prepareChart({
      x: values.map((_, at) => at),
      series: [line('wave', values)],
    });
    expect(rows.length).toBeLessThanOrEqual(1_202);
    expect(rows.find((row) => row.x === 4_321)?.s0).toBe(99);
    expect(rows.find((row) => row.x === 7_000)?.s0).toBeNull();
    expect([rows[0]?.x, rows.at(-1)?.x]).toEqual([0, 9_999]);
    expect(rows.map((row) => row.x)).toEqual([...rows.map((row) => Number(row.x))].sort((a, b) => a - b));
  });

  test('says that nothing was measured', () => {
    expect(prepareChart({ x: ['a'], series: [line('one', [null])] }).isEmpty).toBe(true);
    expect(prepareChart({ x: ['a'], series: [line('one', [0])] }).isEmpty).toBe(false);
  });
});

test('a value between two gaps is alone, so that it is drawn as a dot', () => {
  const { rows } = prepareChart({ x: [1, 2, 3, 4, 5], series: [line('one', [7, null, 7, 7, null])] });
  expect([0, 1, 2, 3, 4].map((at) => isAlone(rows, 's0', at))).toEqual([true, false, false, false, false]);
});

test('axes carry their unit', () => {
  expect(formatValue(2_400_000, 'money')).toBe('€2.40');
  expect(formatValue(null, 'milliseconds')).toBe('–');
  expect(formatX('2026-11-21T12:34:56Z', 'time')).toBe('12:34');
  expect(formatX('2026-11-21', 'day')).toBe('21 Nov');
});
