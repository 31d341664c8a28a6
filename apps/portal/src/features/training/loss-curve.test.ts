import { describe, expect, test } from 'vitest';
import { lossCurve, type RunMetric, validationChange } from './loss-curve.ts';

const metric = (iteration: number, values: Partial<RunMetric>): RunMetric => ({
  sequence: iteration,
  at: '2026-11-21T00:00:00Z',
  epoch: 1,
  iteration,
  trainLoss: null,
  validationLoss: null,
  tokensPerSecond: null,
  ...values,
});

describe('the loss curve', () => {
  test('has one row for each iteration, gaps where nothing was measured', () => {
    const curve = lossCurve([
      metric(0, { validationLoss: 4 }),
      metric(10, { trainLoss: 3.5 }),
      metric(20, { trainLoss: 3.1 }),
      metric(20, { validationLoss: 3.2 }),
    ]);
    expect(curve.x).toEqual([0, 10, 20]);
    expect(curve.series.map(({ key, values }) => [key, values])).toEqual([
      ['train', [null, 3.5, 3.1]],
      ['validation', [4, null, 3.2]],
    ]);
  });
  test('is in order of iterations however the points came', () => {
    expect(lossCurve([metric(5, { trainLoss: 1 }), metric(2, { trainLoss: 2 })]).x).toEqual([2, 5]);
  });
});

describe('what a run learnt', () => {
  test.each([
    ['fell', 4, 3, 'better', -0.25],
    ['rose', 4, 5, 'worse', 0.25],
    ['hardly moved', 4, 4.001, 'same', 0.00025],
  ])('the loss %s', (_name, before, after, verdict, change) => {
    const seen = validationChange(before, after);
    expect(seen.verdict).toBe(verdict);
    expect(seen.change).toBeCloseTo(change, 10);
  });
  test('is unknown while only the loss before training is measured', () => {
    expect(validationChange(4, 4)).toEqual({ before: 4, after: null, change: null, verdict: 'unknown' });
  });
  test('is unknown until both are measured', () => {
    expect(validationChange(4, null)).toMatchObject({ verdict: 'unknown', change: null });
  });
});
