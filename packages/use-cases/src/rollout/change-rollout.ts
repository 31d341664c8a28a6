import {
  type EndpointRecord,
  enqueue,
  findRunningRollout,
  publish,
  type RolloutRecord,
  saveDesiredChange,
  type TeamRecord,
  type Tx,
  updateRevision,
} from '@slipway/db';
import { conflict } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import type { RevisionChange } from '@slipway/domain/rollout';
import { claimEndpoint, type EndpointAddress } from '../serving/require-endpoint.ts';
import { recordChange } from '../shared/change.ts';

/** ClaimedRollout is an endpoint with its running canary, kept from others until the transaction ends. */
export interface ClaimedRollout {
  team: TeamRecord;
  endpoint: EndpointRecord;
  rollout: RolloutRecord;
}

/** claimRollout reads the running canary of an endpoint that the team may change. Throws a conflict when none is running. */
export async function claimRollout(tx: Tx, address: EndpointAddress): Promise<ClaimedRollout> {
  const { team, endpoint } = await claimEndpoint(tx, address);
  const rollout = await findRunningRollout(tx, endpoint.id);
  if (rollout === null) throw conflict('No canary is running on this endpoint.');
  return { team, endpoint, rollout };
}

/** applyRevisions writes what becomes of the revisions, and wakes the endpoint's controller and the gateways. */
export async function applyRevisions(
  tx: Tx,
  endpoint: EndpointRecord,
  { changes, now }: { changes: readonly RevisionChange[]; now: Date },
): Promise<EndpointRecord> {
  for (const change of changes) await updateRevision(tx, change);
  const changed = await saveDesiredChange(tx, endpoint.id, { now });
  await enqueue(tx, { kind: 'endpoint', id: endpoint.id });
  // Everybody may look at a shared endpoint, so everybody hears of it.
  const teamId = endpoint.visibility === 'organisation' ? null : endpoint.teamId;
  await publish(tx, { noun: 'serving', id: endpoint.id, teamId });
  return changed;
}

/** recordRollout writes the audit entry of a rollout's step; it stands with the endpoint, whose story it is part of. */
export function recordRollout(
  tx: Tx,
  change: {
    actor: Actor;
    now: Date;
    action: `rollout.${string}`;
    team: TeamRecord;
    endpoint: EndpointRecord;
    detail: Record<string, unknown>;
  },
): Promise<void> {
  const { endpoint, ...rest } = change;
  return recordChange(tx, { ...rest, targetKind: 'endpoint', targetId: endpoint.id, targetName: endpoint.name });
}
