// Ten tries in a quarter of an hour are a person who forgot; more is a program that guesses.
const MAX_ATTEMPTS = { email: 10, address: 50 } as const;
/** ATTEMPT_WINDOW_MINUTES is how long attempts count. */
export const ATTEMPT_WINDOW_MINUTES = 15;

/** AttemptScope is what attempts are counted by: the account tried, and the address that tries. */
export type AttemptScope = keyof typeof MAX_ATTEMPTS;

/** AttemptCount is how often sign-in was tried without success for one scope since its window began, this attempt included. */
export interface AttemptCount {
  scope: AttemptScope;
  attempts: number;
  windowStart: Date;
}

/** AttemptDecision is whether another password may be tried, and else in how many minutes. */
export type AttemptDecision = { isAllowed: true } | { isAllowed: false; retryInMinutes: number };

/** decideAttempt refuses when any scope has too many attempts in its window. */
export function decideAttempt(counts: readonly AttemptCount[], now: Date): AttemptDecision {
  let waitMs = 0;
  for (const { scope, attempts, windowStart } of counts) {
    const leftMs = windowStart.getTime() + ATTEMPT_WINDOW_MINUTES * 60_000 - now.getTime();
    if (attempts > MAX_ATTEMPTS[scope]) waitMs = Math.max(waitMs, leftMs);
  }
  return waitMs <= 0 ? { isAllowed: true } : { isAllowed: false, retryInMinutes: Math.ceil(waitMs / 60_000) };
}
