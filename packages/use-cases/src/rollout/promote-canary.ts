import { updateRollout, withTransaction } from '@slipway/db';
import { decidePromotion, requirePair, type rolloutContract } from '@slipway/domain/rollout';
import type { Verb } from '../shared/verb.ts';
import { applyRevisions, claimRollout, recordRollout } from './change-rollout.ts';
import { viewRollout } from './rollout-view.ts';

/** promoteCanary makes the canary stable with all traffic; the former stable revision is drained. */
export const promoteCanary: Verb<typeof rolloutContract.promoteCanary> = async (deps, actor, input) => {
  const now = deps.now();
  return withTransaction(deps.db, async (tx) => {
    const { team, endpoint, rollout } = await claimRollout(tx, input);
    const pair = requirePair(endpoint.revisions);
    const ready = endpoint.replicas.filter((r) => r.revisionId === pair.canary.id && r.status === 'ready').length;
    const changes = decidePromotion(pair, ready);
    const changed = await applyRevisions(tx, endpoint, { changes, now });
    const updated = await updateRollout(tx, rollout.id, {
      status: 'succeeded',
      reason: input.comment ?? '',
      percent: 100,
      endedBy: actor.email,
      endedAt: now,
    });
    const view = await viewRollout(tx, updated, changed);
    const detail = { version: pair.canary.versionLabel, comment: input.comment };
    await recordRollout(tx, { actor, now, action: 'rollout.promoteCanary', team, endpoint, detail });
    return view;
  });
};
