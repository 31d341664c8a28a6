import { expect, it } from 'vitest';
import { learningRateAt } from './learning-rate.ts';

it('learningRateAt warms up to the peak, then only falls, and never reaches zero', () => {
  const rates = Array.from({ length: 100 }, (_, step) => learningRateAt(step, 100, 1));
  expect(rates.slice(0, 5)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  for (let step = 5; step + 1 < 100; step += 1) expect(rates[step + 1]).toBeLessThan(rates[step] ?? 0);
  expect(Math.min(...rates)).toBeGreaterThan(0.09);
});
