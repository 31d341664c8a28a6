import { randomNumbers } from '../../src/training/windows.ts';

/** Random draws numbers of several distributions from one seed. */
export class Random {
  private readonly uniform: () => number;

  constructor(seed: number) {
    this.uniform = randomNumbers(seed);
  }

  /** normal has mean 0 and deviation 1 (Box-Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** lognormal is exp of a normal number with this mean and deviation. */
  lognormal(mu: number, sigma: number): number {
    return Math.exp(mu + sigma * this.normal());
  }

  /** exponential has mean 1. */
  exponential(): number {
    return -Math.log(1 - this.uniform());
  }

  /** gamma has this shape and mean 1; a shape below 1 makes bursts (Marsaglia and Tsang). */
  gamma(shape: number): number {
    if (shape < 1) return (this.unscaledGamma(shape + 1) * (1 - this.uniform()) ** (1 / shape)) / shape;
    return this.unscaledGamma(shape) / shape;
  }

  private unscaledGamma(shape: number): number {
    const depth = shape - 1 / 3;
    const width = 1 / Math.sqrt(9 * depth);
    for (;;) {
      const draw = this.normal();
      const cube = (1 + width * draw) ** 3;
      if (cube <= 0) continue;
      if (Math.log(1 - this.uniform()) < 0.5 * draw * draw + depth - depth * cube + depth * Math.log(cube)) {
        return depth * cube;
      }
    }
  }
}
