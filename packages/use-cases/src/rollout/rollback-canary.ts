import { updateRollout, withTransaction } from '@slipway/db';
import { decideRollback, requirePair, type rolloutContract } from '@slipway/domain/rollout';
import type { Verb } from '../shared/verb.ts';
import { applyRevisions, claimRollout, recordRollout } from './change-rollout.ts';
import { viewRollout } from './rollout-view.ts';

/** rollbackCanary gives all traffic back to the stable revision; the canary is drained. */
export const rollbackCanary: Verb<typeof rolloutContract.rollbackCanary> = async (deps, actor, input) => {
  const now = deps.now();
  return withTransaction(deps.db, async (tx) => {
    const { team, endpoint, rollout } = await claimRollout(tx, input);
    const pair = requirePair(endpoint.revisions);
    const changed = await applyRevisions(tx, endpoint, { changes: decideRollback(pair), now });
    const updated = await updateRollout(tx, rollout.id, {
      status: 'cancelled',
      reason: input.comment ?? '',
      percent: 0,
      endedBy: actor.email,
      endedAt: now,
    });
    const view = await viewRollout(tx, updated, changed);
    const detail = { version: pair.canary.versionLabel, comment: input.comment };
    await recordRollout(tx, { actor, now, action: 'rollout.rollbackCanary', team, endpoint, detail });
    return view;
  });
};
