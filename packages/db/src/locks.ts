import type { Tx } from './transaction.ts';

/** lockKey waits until no other open transaction holds `key`, and holds it until this one ends. */
export async function lockKey(tx: Tx, key: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
}

/** lockTeamQuota makes decisions about one team's slots of one flavour happen one after the other. */
export function lockTeamQuota(tx: Tx, teamId: string, flavorId: string): Promise<void> {
  return lockKey(tx, `quota:${teamId}:${flavorId}`);
}
