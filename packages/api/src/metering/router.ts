import { meteringContract as contract } from '@slipway/domain/metering';
import * as verbs from '@slipway/use-cases/metering';
import { router } from '../trpc.ts';
import { mutation, query } from '../verb.ts';

/** meteringRouter is the noun metering over tRPC and REST. */
export const meteringRouter = router({
  getCosts: query(contract.getCosts, verbs.getCosts),
  exportCosts: query(contract.exportCosts, verbs.exportCosts),
  listUsage: query(contract.listUsage, verbs.listUsage),
  listPrices: query(contract.listPrices, verbs.listPrices),
  setPrice: mutation(contract.setPrice, verbs.setPrice),
});
