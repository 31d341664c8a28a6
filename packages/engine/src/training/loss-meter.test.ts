import { expect, it } from 'vitest';
import { LossMeter } from './loss-meter.ts';

function run(perEpoch: number) {
  let milliseconds = 0;
  const meter = new LossMeter({ epoch: 2, perEpoch, iterations: 3 * perEpoch, contextTokens: 256 }, () => milliseconds);
  const metrics = Array.from({ length: perEpoch }, (_, step) => {
    milliseconds += 100;
    return meter.add(step);
  }).filter((metric) => metric !== null);
  return { meter, metrics };
}

it.each([
  { perEpoch: 3, points: 3 },
  { perEpoch: 20, points: 20 },
  { perEpoch: 1000, points: 20 },
  { perEpoch: 1013, points: 21 },
])(
  'LossMeter draws $points points for $perEpoch steps, ends with the last step and counts over all epochs',
  ({ perEpoch, points }) => {
    const { meter, metrics } = run(perEpoch);
    expect(metrics).toHaveLength(points);
    expect(metrics.at(-1)).toMatchObject({ epoch: 2, iteration: 2 * perEpoch, tokensPerSecond: 2560 });
    expect(meter.meanLoss).toBeCloseTo((perEpoch - 1) / 2);
  },
);
