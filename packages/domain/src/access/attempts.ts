// Ten wrong passwords in a quarter of an hour are a person who forgot; more is a program that guesses.
const MAX_FAILURES = { email: 10, address: 50 } as const;
/** ATTEMPT_WINDOW_MINUTES is how long failures count. */
export const ATTEMPT_WINDOW_MINUTES = 15;

/** AttemptScope is what failures are counted by: the account tried, and the address that tries. */
export type AttemptScope = keyof typeof MAX_FAILURES;

/** AttemptCount is how often sign-in failed for one scope since its window began. */
export interface AttemptCount {
  scope: AttemptScope;
  failures: number;
  windowStart: Date;
}

/** AttemptDecision is whether another password may be tried, and else in how many minutes. */
export type AttemptDecision = { isAllowed: true } | { isAllowed: false; retryInMinutes: number };

/** decideAttempt refuses when any scope has too many failures in its window. */
export function decideAttempt(counts: readonly AttemptCount[], now: Date): AttemptDecision {
  let waitMs = 0;
  for (const { scope, failures, windowStart } of counts) {
    const leftMs = windowStart.getTime() + ATTEMPT_WINDOW_MINUTES * 60_000 - now.getTime();
    if (failures >= MAX_FAILURES[scope]) waitMs = Math.max(waitMs, leftMs);
  }
  return waitMs <= 0 ? { isAllowed: true } : { isAllowed: false, retryInMinutes: Math.ceil(waitMs / 60_000) };
}
