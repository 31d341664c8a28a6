import { closeGrant, enqueue, findQuotaGrant, lockTeamQuota, withTransaction } from '@slipway/db';
import { notFound } from '@slipway/domain';
import type { quotaContract } from '@slipway/domain/quota';
import { recordChange } from '../shared/change.ts';
import type { Verb } from '../shared/verb.ts';

/** revokeGrant ends a grant now. What runs on it keeps running; nothing new starts on it. */
export const revokeGrant: Verb<typeof quotaContract.revokeGrant> = (deps, actor, { grantId }) =>
  withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const grant = await findQuotaGrant(tx, grantId);
    if (grant === null) throw notFound('There is no such grant.');
    await lockTeamQuota(tx, grant.teamId, grant.flavorId);
    // Ending what has ended is done already.
    if (!(await closeGrant(tx, grantId, { status: 'cancelled', endsAt: now }))) return {};
    await enqueue(tx, { kind: 'quota-grant', id: grantId });
    const team = { id: grant.teamId, slug: grant.teamSlug };
    const target = { targetKind: 'quota_grant', targetId: grantId, targetName: grant.flavorName };
    await recordChange(tx, {
      actor,
      now,
      action: 'quota.revokeGrant',
      team,
      ...target,
      detail: { slots: grant.slots },
    });
    return {};
  });
