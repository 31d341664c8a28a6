import { updateRollout, withTransaction } from '@slipway/db';
import { decideShift, requirePair, type rolloutContract } from '@slipway/domain/rollout';
import type { Verb } from '../shared/verb.ts';
import { applyRevisions, claimRollout, recordRollout } from './change-rollout.ts';
import { viewRollout } from './rollout-view.ts';

/** setCanaryPercent changes the canary's share of traffic. */
export const setCanaryPercent: Verb<typeof rolloutContract.setCanaryPercent> = async (deps, actor, input) => {
  const now = deps.now();
  return withTransaction(deps.db, async (tx) => {
    const { team, endpoint, rollout } = await claimRollout(tx, input);
    const changes = decideShift(requirePair(endpoint.revisions), input.percent);
    const changed = await applyRevisions(tx, endpoint, { changes, now });
    const updated = await updateRollout(tx, rollout.id, { percent: input.percent });
    const view = await viewRollout(tx, updated, changed);
    const detail = { from: rollout.percent, to: input.percent };
    await recordRollout(tx, { actor, now, action: 'rollout.setCanaryPercent', team, endpoint, detail });
    return view;
  });
};
