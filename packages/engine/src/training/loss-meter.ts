import type { TrainingEvent } from './spec.ts';

// Enough points for a curve in a short epoch, few enough that a long run stays small in a database.
const METRICS_PER_EPOCH = 20;

/** LossMeter turns the losses of an epoch's steps into evenly spaced metrics. */
export class LossMeter {
  private readonly epoch: { epoch: number; perEpoch: number; iterations: number; contextTokens: number };
  private readonly now: () => number;
  private total = { steps: 0, loss: 0 };
  private since: { steps: number; loss: number; startedAt: number };

  /** `now` gives milliseconds of a clock that never goes back. */
  constructor(
    epoch: { epoch: number; perEpoch: number; iterations: number; contextTokens: number },
    now: () => number = () => performance.now(),
  ) {
    this.epoch = epoch;
    this.now = now;
    this.since = { steps: 0, loss: 0, startedAt: now() };
  }

  /** iteration is how many steps the run has made so far. */
  get iteration(): number {
    return (this.epoch.epoch - 1) * this.epoch.perEpoch + this.total.steps;
  }

  /** meanLoss is the mean over the steps of this epoch. */
  get meanLoss(): number {
    return this.total.loss / this.total.steps;
  }

  /** add takes one step's loss and returns a metric when one is due, null otherwise. */
  add(loss: number): (TrainingEvent & { type: 'metric' }) | null {
    this.total = { steps: this.total.steps + 1, loss: this.total.loss + loss };
    this.since.steps += 1;
    this.since.loss += loss;
    const every = Math.max(1, Math.floor(this.epoch.perEpoch / METRICS_PER_EPOCH));
    if (this.total.steps % every !== 0 && this.total.steps !== this.epoch.perEpoch) return null;
    const { steps, loss: sum, startedAt } = this.since;
    const seconds = (this.now() - startedAt) / 1000;
    this.since = { steps: 0, loss: 0, startedAt: this.now() };
    return {
      type: 'metric',
      epoch: this.epoch.epoch,
      iteration: this.iteration,
      iterations: this.epoch.iterations,
      trainLoss: sum / steps,
      tokensPerSecond: seconds > 0 ? Math.round((steps * this.epoch.contextTokens) / seconds) : null,
    };
  }
}
