import { type ControlledEndpoint, type Database, readSlotUse } from '@slipway/db';

/** quotaWarning says that a team holds more slots than it is granted, which happens when a grant ends; nothing is stopped for it. */
export async function quotaWarning(db: Database, endpoint: ControlledEndpoint, now: Date): Promise<string> {
  const holdsSlots = endpoint.revisions.some((revision) => revision.role !== 'retired' && revision.replicas > 0);
  if (endpoint.isDeleted || !holdsSlots) return '';
  const { id: flavorId, name } = endpoint.flavor;
  const [use] = await readSlotUse(db.prisma, { teamId: endpoint.teamId, flavorId }, now);
  if (use === undefined || use.usedSlots <= use.grantedSlots) return '';
  return ` Warning: the team uses ${use.usedSlots} ${name} slots and is granted ${use.grantedSlots}. It keeps running, but nothing can be added; ask for quota.`;
}
