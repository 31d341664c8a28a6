import { isGrantInForce } from '@slipway/domain/quota';
import { Prisma } from '../generated/client.ts';
import type { Tx } from '../transaction.ts';

/** SlotUse is how many slots of a flavour a team's endpoints and runs hold, and how many it is granted. */
export interface SlotUse {
  teamId: string;
  flavorId: string;
  usedSlots: number;
  grantedSlots: number;
}

/** SlotScope limits to a team, a flavour, both or nothing. */
export interface SlotScope {
  teamId?: string | undefined;
  flavorId?: string | undefined;
}

/** readSlotUse reads use and grants at an instant, one row for each team and flavour that has either. Two queries, however many teams. */
export async function readSlotUse(tx: Tx, scope: SlotScope, now: Date): Promise<SlotUse[]> {
  const { teamId, flavorId } = scope;
  const used = await tx.$queryRaw<{ teamId: string; flavorId: string; slots: number }[]>`
    SELECT "teamId", "flavorId", SUM(slots)::int AS slots FROM (
      SELECT e."teamId", e."flavorId", r.replicas * r."slotsPerReplica" AS slots
      FROM endpoint e JOIN revision r ON r."endpointId" = e.id
      WHERE e."deletedAt" IS NULL AND r.role IN ('stable', 'canary')
      UNION ALL
      SELECT "teamId", "flavorId", slots FROM training_run WHERE status IN ('pending', 'starting', 'running')
    ) AS held
    WHERE ${scopeSql(scope)} GROUP BY "teamId", "flavorId"`;
  const grants = await tx.quotaGrant.findMany({
    where: { status: 'ready', ...(teamId ? { teamId } : {}), ...(flavorId ? { flavorId } : {}) },
  });
  const rows = new Map<string, SlotUse>();
  const rowOf = (key: { teamId: string; flavorId: string }): SlotUse => {
    const name = `${key.teamId} ${key.flavorId}`;
    const row = rows.get(name) ?? { teamId: key.teamId, flavorId: key.flavorId, usedSlots: 0, grantedSlots: 0 };
    rows.set(name, row);
    return row;
  };
  for (const row of used) rowOf(row).usedSlots += row.slots;
  for (const grant of grants) if (isGrantInForce(grant, now)) rowOf(grant).grantedSlots += grant.slots;
  return [...rows.values()];
}

function scopeSql({ teamId, flavorId }: SlotScope): Prisma.Sql {
  const team = teamId === undefined ? Prisma.empty : Prisma.sql`AND "teamId" = ${teamId}`;
  const flavor = flavorId === undefined ? Prisma.empty : Prisma.sql`AND "flavorId" = ${flavorId}`;
  return Prisma.sql`TRUE ${team} ${flavor}`;
}
