import { servingContract as contract } from '@slipway/domain/serving';
import * as verbs from '@slipway/use-cases/serving';
import { router } from '../trpc.ts';
import { mutation, query } from '../verb.ts';

/** servingRouter is the noun serving over tRPC and REST. */
export const servingRouter = router({
  preflightEndpoint: query(contract.preflightEndpoint, verbs.preflightEndpoint),
  deployEndpoint: mutation(contract.deployEndpoint, verbs.deployEndpoint),
  listEndpoints: query(contract.listEndpoints, verbs.listEndpoints),
  getEndpoint: query(contract.getEndpoint, verbs.getEndpoint),
  scaleEndpoint: mutation(contract.scaleEndpoint, verbs.scaleEndpoint),
  deleteEndpoint: mutation(contract.deleteEndpoint, verbs.deleteEndpoint),
  getEndpointLogs: query(contract.getEndpointLogs, verbs.getEndpointLogs),
  getEndpointMetrics: query(contract.getEndpointMetrics, verbs.getEndpointMetrics),
  listEndpointEvents: query(contract.listEndpointEvents, verbs.listEndpointEvents),
});
