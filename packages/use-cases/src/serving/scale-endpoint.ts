import { type EndpointRecord, enqueue, saveDesiredChange, type Tx, updateRevision, withTransaction } from '@slipway/db';
import { conflict } from '@slipway/domain';
import type { servingContract } from '@slipway/domain/serving';
import { reserveSlots } from '../quota/reserve-slots.ts';
import { recordChange } from '../shared/change.ts';
import type { Verb } from '../shared/verb.ts';
import { viewEndpoint } from './endpoint-view.ts';
import { claimEndpoint } from './require-endpoint.ts';

/** scaleEndpoint sets the number of the stable revision's replicas; 0 pauses the endpoint. */
export const scaleEndpoint: Verb<typeof servingContract.scaleEndpoint> = async (deps, actor, input) => {
  const now = deps.now();
  return withTransaction(deps.db, async (tx) => {
    const { team, endpoint } = await claimEndpoint(tx, input);
    const stable = endpoint.revisions.find((revision) => revision.role === 'stable');
    if (stable === undefined) throw conflict(`${endpoint.name} has no stable revision to scale.`);
    if (input.replicas === 0 && endpoint.revisions.some((revision) => revision.role === 'canary')) {
      throw conflict('A canary is running: promote it or roll it back before scaling to 0.', 'replicas');
    }
    if (input.replicas === stable.replicas) return viewEndpoint(tx, endpoint, now);
    const flavor = { id: endpoint.flavorId, name: endpoint.flavorName };
    const neededSlots = (input.replicas - stable.replicas) * stable.slotsPerReplica;
    await reserveSlots(tx, { team, flavor, neededSlots, now });
    await updateRevision(tx, { ...stable, replicas: input.replicas });
    const changed = await saveScaling(tx, endpoint, { from: stable.replicas, to: input.replicas, now });
    await enqueue(tx, { kind: 'endpoint', id: endpoint.id });
    const view = await viewEndpoint(tx, changed, now);
    await recordChange(tx, {
      actor,
      now,
      action: 'serving.scaleEndpoint',
      team,
      targetKind: 'endpoint',
      targetId: endpoint.id,
      targetName: endpoint.name,
      detail: { from: stable.replicas, to: input.replicas },
    });
    return view;
  });
};

function saveScaling(
  tx: Tx,
  endpoint: EndpointRecord,
  { from, to, now }: { from: number; to: number; now: Date },
): Promise<EndpointRecord> {
  const message = `Scaling from ${from} to ${to} replicas.`;
  const condition = { type: 'Ready', reason: 'ScaleRequested', message, since: now.toISOString() };
  return saveDesiredChange(tx, endpoint.id, { now, progress: { status: 'scaling', condition } });
}
