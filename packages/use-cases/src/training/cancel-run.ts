import { enqueue, requestCancel, withTransaction } from '@slipway/db';
import { conflict } from '@slipway/domain';
import type { trainingContract } from '@slipway/domain/training';
import { recordChange } from '../shared/change.ts';
import type { Verb } from '../shared/verb.ts';
import { requireRun } from './require-run.ts';
import { toRunView } from './run-view.ts';

/** cancelRun asks a run to end; it is cancelled, and its slots are free, once its process is gone. */
export const cancelRun: Verb<typeof trainingContract.cancelRun> = async (deps, actor, input) => {
  const now = deps.now();
  return withTransaction(deps.db, async (tx) => {
    const { team, run } = await requireRun(tx, input);
    const message = `Cancelled by ${actor.email}${input.reason ? `: ${input.reason}` : ''}.`;
    const condition = { type: 'Finished', reason: 'Cancelling', message, since: now.toISOString() };
    if (!(await requestCancel(tx, run.id, { at: now, condition }))) {
      throw conflict(`${run.name} has ended already: it is ${run.status}.`);
    }
    await enqueue(tx, { kind: 'run', id: run.id });
    await recordChange(tx, {
      actor,
      now,
      action: 'training.cancelRun',
      team,
      targetKind: 'run',
      targetId: run.id,
      targetName: run.name,
      detail: { reason: input.reason },
    });
    return toRunView({ ...run, condition });
  });
};
