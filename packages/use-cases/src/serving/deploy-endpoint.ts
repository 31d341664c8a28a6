import { randomUUID } from 'node:crypto';
import { enqueue, insertEndpoint, lockEndpoints, withTransaction } from '@slipway/db';
import { invalidInput, requireLaunchable } from '@slipway/domain';
import { checkDeployment, contextFor, type servingContract } from '@slipway/domain/serving';
import { findTemplate } from '@slipway/templates';
import { reserveSlots } from '../quota/reserve-slots.ts';
import { versionNotFound } from '../registry/version-view.ts';
import { recordChange } from '../shared/change.ts';
import { requireFlavor } from '../shared/slots.ts';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { viewEndpoint } from './endpoint-view.ts';
import { planDeployment } from './plan-deployment.ts';

/** deployEndpoint makes an endpoint with one stable revision; its controller starts the replicas. */
export const deployEndpoint: Verb<typeof servingContract.deployEndpoint> = async (deps, actor, input) => {
  const template = findTemplate(input.template);
  if (template?.kind !== 'serving') throw invalidInput(`There is no serving template ${input.template}.`, 'template');
  const now = deps.now();
  return withTransaction(deps.db, async (tx) => {
    const team = await requireTeam(tx, input.team);
    await lockEndpoints(tx, team.id);
    const flavor = await requireFlavor(tx, input.flavor);
    await reserveSlots(tx, { team, flavor, neededSlots: input.replicas * input.slotsPerReplica, now });
    const { plan, version } = await planDeployment(tx, team, { input, now });
    if (version === null) throw versionNotFound();
    requireLaunchable(checkDeployment(plan).checks);
    const condition = { type: 'Ready', reason: 'Queued', message: 'Waiting for the worker.', since: now.toISOString() };
    const endpoint = await insertEndpoint(
      tx,
      {
        id: randomUUID(),
        teamId: team.id,
        name: input.name,
        template: template.id,
        templateVersion: template.version,
        visibility: input.visibility,
        flavorId: flavor.id,
        condition,
        createdBy: actor.email,
        now,
      },
      {
        id: randomUUID(),
        role: 'stable',
        weightPercent: 100,
        versionId: version.id,
        replicas: input.replicas,
        slotsPerReplica: input.slotsPerReplica,
        contextTokens: contextFor(input.contextTokens, version.metadata),
        maxConcurrency: input.maxConcurrency,
        systemMessage: input.systemMessage || null,
        createdBy: actor.email,
        createdAt: now,
      },
    );
    await enqueue(tx, { kind: 'endpoint', id: endpoint.id });
    const view = await viewEndpoint(tx, endpoint, now);
    await recordChange(tx, {
      actor,
      now,
      action: 'serving.deployEndpoint',
      team,
      targetKind: 'endpoint',
      targetId: endpoint.id,
      targetName: endpoint.name,
      detail: { version: version.label, replicas: input.replicas, flavor: flavor.name, slots: view.slots },
    });
    return view;
  });
};
