import type { SnapshotHolder } from '../snapshot/snapshot-holder.ts';

/** FRESHEN_MS is how long a request waits for what may be only too new to be known. */
const FRESHEN_MS = 500;
/** MISSING_MS is how long something that is not there is not looked for again, so that wrong keys and names cost the database nothing. */
const MISSING_MS = 5_000;
const MAX_MISSING = 10_000;

/** SecondLook looks again in a fresh snapshot when something is not known: a key or an endpoint may have been made a moment ago. */
export type SecondLook = <T>(what: string, look: () => T | null) => Promise<T | null>;

/** createSecondLook remembers for a while what was not there. */
export function createSecondLook(holder: Pick<SnapshotHolder, 'freshen'>): SecondLook {
  const missingUntil = new Map<string, number>();
  return async (what, look) => {
    const first = look();
    if (first !== null || (missingUntil.get(what) ?? 0) > performance.now()) return first;
    await holder.freshen(FRESHEN_MS);
    const second = look();
    if (second === null) {
      if (missingUntil.size >= MAX_MISSING) missingUntil.clear();
      missingUntil.set(what, performance.now() + MISSING_MS);
    }
    return second;
  };
}
