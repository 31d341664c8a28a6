// A twentieth of the run warms up, so that AdamW's moments settle before full steps; the tail cools to a tenth.
const WARMUP_SHARE = 0.05;
const FLOOR_SHARE = 0.1;

/** learningRateAt returns the rate of one optimiser step (from 0): linear warm-up, then a cosine down to a tenth. */
export function learningRateAt(step: number, totalSteps: number, peak: number): number {
  const warmupSteps = Math.max(1, Math.floor(totalSteps * WARMUP_SHARE));
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  return peak * (FLOOR_SHARE + (1 - FLOOR_SHARE) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
