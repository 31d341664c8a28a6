import type { OutputOf } from '@slipway/domain/kernel';
import type { trainingContract } from '@slipway/domain/training';

/** Run is a training run of a list. */
export type Run = OutputOf<typeof trainingContract.listRuns>['items'][number];
/** RunDetail is a run with its steps. */
export type RunDetail = OutputOf<typeof trainingContract.getRun>;
/** Dataset is a data set of a list. */
export type Dataset = OutputOf<typeof trainingContract.listDatasets>['items'][number];

const OVER: readonly string[] = ['succeeded', 'failed', 'cancelled'];
/** isOver says whether a run has ended. */
export const isOver = (run: Pick<Run, 'status'>) => OVER.includes(run.status);
