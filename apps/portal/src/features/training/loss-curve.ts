import type { OutputOf } from '@slipway/domain/kernel';
import type { trainingContract } from '@slipway/domain/training';
import type { ChartSeries } from '@slipway/ui/charts';

/** RunMetric is one point of a run's loss curve. */
export type RunMetric = OutputOf<typeof trainingContract.getRunMetrics>['items'][number];

/** LossCurve is what the chart draws: x in iterations. */
export interface LossCurve {
  x: number[];
  series: ChartSeries[];
}

/** lossCurve puts train and validation loss over iterations; points of one iteration are one row, and what was not measured is a gap. */
export function lossCurve(metrics: readonly RunMetric[]): LossCurve {
  const rows = new Map<number, { train: number | null; validation: number | null }>();
  for (const metric of metrics) {
    const row = rows.get(metric.iteration) ?? { train: null, validation: null };
    rows.set(metric.iteration, {
      train: metric.trainLoss ?? row.train,
      validation: metric.validationLoss ?? row.validation,
    });
  }
  const sorted = [...rows].sort(([a], [b]) => a - b);
  return {
    x: sorted.map(([iteration]) => iteration),
    series: [
      { key: 'train', label: 'Training loss', values: sorted.map(([, row]) => row.train) },
      // Measured once an epoch: its few points are joined.
      { key: 'validation', label: 'Validation loss', values: sorted.map(([, row]) => row.validation), isSparse: true },
    ],
  };
}

/** ValidationChange compares validation loss before training with the last measured. */
export interface ValidationChange {
  before: number | null;
  after: number | null;
  /** change is the share by which the loss moved; negative is better; null while one is missing. */
  change: number | null;
  verdict: 'better' | 'worse' | 'same' | 'unknown';
}

// A smaller move than this is noise of a small validation set.
const NOISE_SHARE = 0.002;

/** validationChange says what the run really learnt. */
export function validationChange(before: number | null, after: number | null): ValidationChange {
  // Until the first epoch ends the latest measurement is the one before training.
  if (before === null || after === null || before === 0 || after === before) {
    return { before, after: after === before ? null : after, change: null, verdict: 'unknown' };
  }
  const change = (after - before) / before;
  const verdict = Math.abs(change) < NOISE_SHARE ? 'same' : change < 0 ? 'better' : 'worse';
  return { before, after, change, verdict };
}
