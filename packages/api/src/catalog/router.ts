import { catalogContract as contract } from '@slipway/domain/catalog';
import * as verbs from '@slipway/use-cases/catalog';
import { router } from '../trpc.ts';
import { query } from '../verb.ts';

/** catalogRouter is the noun catalog over tRPC and REST. */
export const catalogRouter = router({
  listClusters: query(contract.listClusters, verbs.listClusters),
  listTemplates: query(contract.listTemplates, verbs.listTemplates),
});
