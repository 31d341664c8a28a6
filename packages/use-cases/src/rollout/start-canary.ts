import { randomUUID } from 'node:crypto';
import { findReadableVersion, insertRevision, insertRollout, withTransaction } from '@slipway/db';
import { conflict } from '@slipway/domain';
import { servedTask } from '@slipway/domain/registry';
import { decideStart, type rolloutContract } from '@slipway/domain/rollout';
import { contextFor } from '@slipway/domain/serving';
import { reserveSlots } from '../quota/reserve-slots.ts';
import { versionNotFound } from '../registry/version-view.ts';
import { claimEndpoint } from '../serving/require-endpoint.ts';
import type { Verb } from '../shared/verb.ts';
import { applyRevisions, recordRollout } from './change-rollout.ts';
import { viewRollout } from './rollout-view.ts';

/** startCanary puts a version beside the stable one with a share of traffic; it gets that share once it has a ready replica. */
export const startCanary: Verb<typeof rolloutContract.startCanary> = async (deps, actor, input) => {
  const now = deps.now();
  return withTransaction(deps.db, async (tx) => {
    const { team, endpoint } = await claimEndpoint(tx, input);
    const version = await findReadableVersion(tx, team.id, input.versionId);
    if (version === null) throw versionNotFound();
    if (version.status !== 'ready')
      throw conflict(`${version.label} is ${version.status}: only a ready version can be a canary.`);
    const decision = decideStart({ revisions: endpoint.revisions, version, percent: input.percent });
    const stable = endpoint.revisions.find((revision) => revision.id === decision.stable.id);
    if (stable === undefined) throw conflict('The endpoint has no stable revision.');
    if (servedTask(version.metadata) !== stable.task)
      throw conflict(
        'One of the two versions generates text and the other gives embeddings: deploy an endpoint for each.',
      );
    const flavor = { id: endpoint.flavorId, name: endpoint.flavorName };
    await reserveSlots(tx, { team, flavor, neededSlots: input.replicas * stable.slotsPerReplica, now });
    const canaryId = randomUUID();
    await insertRevision(tx, endpoint.id, {
      id: canaryId,
      role: 'canary',
      weightPercent: decision.canaryPercent,
      versionId: version.id,
      replicas: input.replicas,
      slotsPerReplica: stable.slotsPerReplica,
      contextTokens: contextFor(stable.contextTokens, version.metadata),
      maxConcurrency: stable.maxConcurrency,
      systemMessage: input.systemMessage === undefined ? stable.systemMessage : input.systemMessage || null,
      createdBy: actor.email,
      createdAt: now,
    });
    const changed = await applyRevisions(tx, endpoint, { changes: [decision.stable], now });
    const rollout = await insertRollout(tx, {
      id: randomUUID(),
      endpointId: endpoint.id,
      stableRevisionId: stable.id,
      canaryRevisionId: canaryId,
      percent: input.percent,
      startedBy: actor.email,
      startedAt: now,
    });
    const view = await viewRollout(tx, rollout, changed);
    const detail = { version: version.label, percent: input.percent, replicas: input.replicas };
    await recordRollout(tx, { actor, now, action: 'rollout.startCanary', team, endpoint, detail });
    return view;
  });
};
