import { findRunningRollout, listEndedRollouts } from '@slipway/db';
import type { rolloutContract } from '@slipway/domain/rollout';
import { requireReadableEndpoint } from '../serving/require-endpoint.ts';
import type { Verb } from '../shared/verb.ts';
import { toRolloutSummary, viewRollout } from './rollout-view.ts';

/** getRollout compares the running canary with the stable revision, and lists the former ones. */
export const getRollout: Verb<typeof rolloutContract.getRollout> = async (deps, _actor, input) => {
  const { prisma } = deps.db;
  const endpoint = await requireReadableEndpoint(prisma, input);
  const running = await findRunningRollout(prisma, endpoint.id);
  const ended = await listEndedRollouts(prisma, endpoint.id);
  const label = (id: string) => endpoint.revisions.find((revision) => revision.id === id)?.versionLabel ?? '';
  return {
    rollout: running === null ? null : await viewRollout(prisma, running, endpoint),
    history: ended.map((rollout) => ({
      ...toRolloutSummary(rollout, endpoint),
      stableLabel: label(rollout.stableRevisionId),
      canaryLabel: label(rollout.canaryRevisionId),
    })),
  };
};
