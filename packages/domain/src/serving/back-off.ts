/** FIRST_DELAY_MILLIS: a killed process should be back before a person has noticed. */
const FIRST_DELAY_MILLIS = 1_000;
/** LONGEST_DELAY_MILLIS: a model that cannot load is tried again often enough to notice a mended machine, rarely enough to cost nothing. */
const LONGEST_DELAY_MILLIS = 5 * 60_000;
/** HEALTHY_MILLIS is how long a replica must have answered for its earlier failures to be forgotten. */
export const HEALTHY_MILLIS = 10 * 60_000;

/** BackOff is how many failures in a row there were and how long to wait for the next attempt. */
export interface BackOff {
  restarts: number;
  delayMillis: number;
}

/** nextBackOff doubles the wait from 1 s to 5 min with each failure; ten healthy minutes begin anew. */
export function nextBackOff(restarts: number, healthyMillis: number): BackOff {
  const failuresBefore = healthyMillis >= HEALTHY_MILLIS ? 0 : restarts;
  // 2^20 is far beyond the longest wait; the bound keeps the power finite.
  const delayMillis = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS * 2 ** Math.min(failuresBefore, 20));
  return { restarts: failuresBefore + 1, delayMillis };
}
