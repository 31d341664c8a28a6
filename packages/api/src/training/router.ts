import { trainingContract as contract } from '@slipway/domain/training';
import * as verbs from '@slipway/use-cases/training';
import { router } from '../trpc.ts';
import { mutation, query } from '../verb.ts';

/** trainingRouter is the noun training over tRPC and REST. */
export const trainingRouter = router({
  listDatasets: query(contract.listDatasets, verbs.listDatasets),
  getDataset: query(contract.getDataset, verbs.getDataset),
  createDataset: mutation(contract.createDataset, verbs.createDataset),
  preflightTraining: query(contract.preflightTraining, verbs.preflightTraining),
  launchTraining: mutation(contract.launchTraining, verbs.launchTraining),
  listRuns: query(contract.listRuns, verbs.listRuns),
  getRun: query(contract.getRun, verbs.getRun),
  getRunMetrics: query(contract.getRunMetrics, verbs.getRunMetrics),
  getRunLogs: query(contract.getRunLogs, verbs.getRunLogs),
  cancelRun: mutation(contract.cancelRun, verbs.cancelRun),
});
