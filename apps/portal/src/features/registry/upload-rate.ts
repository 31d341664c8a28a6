/** Sample is how many bytes had been sent at a time in milliseconds. */
export interface Sample {
  at: number;
  bytes: number;
}

// A rate over less jumps about; over more it lags behind a network that changed.
const WINDOW_MS = 8_000;

/** addSample keeps the samples of the last seconds. */
export function addSample(samples: readonly Sample[], sample: Sample): Sample[] {
  return [...samples.filter((one) => sample.at - one.at <= WINDOW_MS && one.bytes <= sample.bytes), sample];
}

/** bytesPerSecond is the rate over the kept samples; null until there are two apart. */
export function bytesPerSecond(samples: readonly Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at - first.at < 250) return null;
  return ((last.bytes - first.bytes) / (last.at - first.at)) * 1_000;
}

/** secondsLeft is how long the rest takes at that rate; null when it does not move. */
export function secondsLeft(remainingBytes: number, rate: number | null): number | null {
  return rate === null || rate <= 0 ? null : remainingBytes / rate;
}
