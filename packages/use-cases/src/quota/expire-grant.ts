import { closeGrant, enqueue, findQuotaGrant, withTransaction } from '@slipway/db';
import type { Deps } from '../deps.ts';
import { recordChange } from '../shared/change.ts';

/** expireGrant writes down that a grant's end has come; before its end it makes sure that a job comes back then. For the worker. */
export function expireGrant(deps: Deps, grantId: string, now: Date): Promise<'expired' | 'waiting' | 'nothing_to_do'> {
  return withTransaction(deps.db, async (tx) => {
    const grant = await findQuotaGrant(tx, grantId);
    if (grant === null || grant.status !== 'ready' || grant.endsAt === null) return 'nothing_to_do';
    if (grant.endsAt > now) {
      await enqueue(tx, { kind: 'quota-grant', id: grantId, runAt: grant.endsAt });
      return 'waiting';
    }
    if (!(await closeGrant(tx, grantId, { status: 'expired', endsAt: grant.endsAt }))) return 'nothing_to_do';
    const team = { id: grant.teamId, slug: grant.teamSlug };
    const target = { targetKind: 'quota_grant', targetId: grantId, targetName: grant.flavorName };
    const detail = { slots: grant.slots, endsAt: grant.endsAt.toISOString() };
    await recordChange(tx, { actor: 'system', now, action: 'quota.expireGrant', team, ...target, detail });
    return 'expired';
  });
}
