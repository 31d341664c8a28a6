import { randomUUID } from 'node:crypto';
import { enqueue, findRun, insertRun, lockTraining, withTransaction } from '@slipway/db';
import { invalidInput, notFound, requireLaunchable } from '@slipway/domain';
import { checkLaunch, type trainingContract } from '@slipway/domain/training';
import { findTemplate } from '@slipway/templates';
import { reserveSlots } from '../quota/reserve-slots.ts';
import { versionNotFound } from '../registry/version-view.ts';
import { recordChange } from '../shared/change.ts';
import { requireFlavor } from '../shared/slots.ts';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { planLaunch } from './plan-launch.ts';
import { runNotFound, toRunView } from './run-view.ts';

/** launchTraining queues a run; its controller starts the process and registers what it makes. */
export const launchTraining: Verb<typeof trainingContract.launchTraining> = async (deps, actor, input) => {
  const template = findTemplate(input.template);
  if (template?.kind !== 'training') throw invalidInput(`There is no training template ${input.template}.`, 'template');
  const now = deps.now();
  return withTransaction(deps.db, async (tx) => {
    const team = await requireTeam(tx, input.team);
    await lockTraining(tx, team.id);
    const flavor = await requireFlavor(tx, input.flavor);
    await reserveSlots(tx, { team, flavor, neededSlots: input.slots, now });
    const { plan, base, dataset, params } = await planLaunch(tx, team, { input, now });
    if (base === null) throw versionNotFound();
    if (dataset === null) throw notFound('There is no such data set of this team.');
    if (!plan.params.isValid) throw invalidInput(plan.params.problem, 'params');
    requireLaunchable(checkLaunch(plan).checks);
    const id = randomUUID();
    const { name, outputModel, slots, timeLimitMinutes } = input;
    await insertRun(tx, {
      id,
      teamId: team.id,
      name,
      template: template.id,
      templateVersion: template.version,
      params,
      baseVersionId: base.id,
      datasetId: dataset.id,
      outputModel,
      flavorId: flavor.id,
      slots,
      timeLimitMinutes,
      condition: { type: 'Finished', reason: 'Queued', message: 'Waiting for the worker.', since: now.toISOString() },
      createdBy: actor.email,
      createdAt: now,
    });
    await enqueue(tx, { kind: 'run', id });
    const run = await findRun(tx, team.id, id);
    if (run === null) throw runNotFound();
    await recordChange(tx, {
      actor,
      now,
      action: 'training.launchTraining',
      team,
      targetKind: 'run',
      targetId: id,
      targetName: name,
      detail: { base: base.label, dataset: dataset.name, outputModel, slots, flavor: flavor.name, params },
    });
    return toRunView(run);
  });
};
