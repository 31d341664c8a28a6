import { registryContract as contract } from '@slipway/domain/registry';
import * as verbs from '@slipway/use-cases/registry';
import { router } from '../trpc.ts';
import { mutation, query } from '../verb.ts';

/** registryRouter is the noun registry over tRPC and REST. */
export const registryRouter = router({
  listModels: query(contract.listModels, verbs.listModels),
  getModel: query(contract.getModel, verbs.getModel),
  getModelVersion: query(contract.getModelVersion, verbs.getModelVersion),
  listDeployableVersions: query(contract.listDeployableVersions, verbs.listDeployableVersions),
  registerModelVersion: mutation(contract.registerModelVersion, verbs.registerModelVersion),
  retryModelVersion: mutation(contract.retryModelVersion, verbs.retryModelVersion),
  deleteModelVersion: mutation(contract.deleteModelVersion, verbs.deleteModelVersion),
  getStarter: query(contract.getStarter, verbs.getStarter),
});
