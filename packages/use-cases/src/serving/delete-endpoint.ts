import { enqueue, findRunningRollout, markEndpointDeleted, updateRollout, withTransaction } from '@slipway/db';
import { invalidInput } from '@slipway/domain';
import type { servingContract } from '@slipway/domain/serving';
import { recordChange } from '../shared/change.ts';
import type { Verb } from '../shared/verb.ts';
import { claimEndpoint } from './require-endpoint.ts';

/** deleteEndpoint takes an endpoint out of traffic at once and leaves its processes to the controller; `confirm` repeats its name. */
export const deleteEndpoint: Verb<typeof servingContract.deleteEndpoint> = async (deps, actor, input) => {
  const now = deps.now();
  await withTransaction(deps.db, async (tx) => {
    const { team, endpoint } = await claimEndpoint(tx, input);
    if (input.confirm !== endpoint.name) {
      throw invalidInput(`Type ${endpoint.name} to confirm that it is to be deleted.`, 'confirm');
    }
    const rollout = await findRunningRollout(tx, endpoint.id);
    if (rollout !== null) {
      const ended = {
        status: 'cancelled',
        reason: 'The endpoint was deleted.',
        endedBy: actor.email,
        endedAt: now,
      } as const;
      await updateRollout(tx, rollout.id, ended);
    }
    await markEndpointDeleted(tx, endpoint.id, now);
    await enqueue(tx, { kind: 'endpoint', id: endpoint.id });
    await recordChange(tx, {
      actor,
      now,
      action: 'serving.deleteEndpoint',
      team,
      targetKind: 'endpoint',
      targetId: endpoint.id,
      targetName: endpoint.name,
    });
  });
  return {};
};
