import { type Status, statusSchema } from '@slipway/domain';
import type { Prisma } from '../generated/client.ts';
import type { Tx } from '../transaction.ts';

/** RolloutRecord is one canary: status running, succeeded (promoted) or cancelled (rolled back). */
export interface RolloutRecord {
  id: string;
  endpointId: string;
  stableRevisionId: string;
  canaryRevisionId: string;
  percent: number;
  status: Status;
  reason: string;
  startedBy: string;
  startedAt: Date;
  endedBy: string | null;
  endedAt: Date | null;
}

// More than anybody scrolls through; older ones stay in the audit trail.
const MOST_SHOWN = 50;

/** findRunningRollout reads an endpoint's running canary, or null. */
export async function findRunningRollout(tx: Tx, endpointId: string): Promise<RolloutRecord | null> {
  const row = await tx.rollout.findFirst({ where: { endpointId, status: 'running' }, orderBy: { startedAt: 'desc' } });
  return row === null ? null : toRollout(row);
}

/** listEndedRollouts reads an endpoint's former canaries, newest first. */
export async function listEndedRollouts(tx: Tx, endpointId: string): Promise<RolloutRecord[]> {
  const rows = await tx.rollout.findMany({
    where: { endpointId, status: { not: 'running' } },
    orderBy: { startedAt: 'desc' },
    take: MOST_SHOWN,
  });
  return rows.map(toRollout);
}

/** NewRollout is a canary that begins. */
export type NewRollout = Pick<
  RolloutRecord,
  'id' | 'endpointId' | 'stableRevisionId' | 'canaryRevisionId' | 'percent' | 'startedBy' | 'startedAt'
>;

/** insertRollout adds a running rollout. */
export async function insertRollout(tx: Tx, rollout: NewRollout): Promise<RolloutRecord> {
  return toRollout(await tx.rollout.create({ data: rollout }));
}

/** updateRollout writes another share, or how a rollout ended. */
export async function updateRollout(
  tx: Tx,
  id: string,
  change: Partial<Pick<RolloutRecord, 'percent' | 'status' | 'reason' | 'endedBy' | 'endedAt'>>,
): Promise<RolloutRecord> {
  return toRollout(await tx.rollout.update({ where: { id }, data: change }));
}

function toRollout(row: Prisma.RolloutGetPayload<object>): RolloutRecord {
  return { ...row, status: statusSchema.parse(row.status) };
}
