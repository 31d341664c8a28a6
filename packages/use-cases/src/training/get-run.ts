import type { trainingContract } from '@slipway/domain/training';
import type { Verb } from '../shared/verb.ts';
import { requireRun } from './require-run.ts';
import { toRunView, toStepViews } from './run-view.ts';

/** getRun reads a run with its steps. */
export const getRun: Verb<typeof trainingContract.getRun> = async (deps, _actor, input) => {
  const { run } = await requireRun(deps.db.prisma, input);
  return { ...toRunView(run), steps: toStepViews(run) };
};
