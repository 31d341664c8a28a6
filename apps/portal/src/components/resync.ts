// The live connection tells of changes at once; looking again makes a lost signal late, never lost.
const MOVING_MS = 2_000;
const SETTLED_MS = 20_000;
const MOVING: readonly string[] = ['pending', 'starting', 'running', 'scaling', 'degraded'];

/** resyncMs is how soon to look again at things in these states: soon while one of them moves. */
export function resyncMs(statuses: readonly (string | undefined)[]): number {
  return statuses.some((status) => status !== undefined && MOVING.includes(status)) ? MOVING_MS : SETTLED_MS;
}
