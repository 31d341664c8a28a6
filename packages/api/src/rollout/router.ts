import { rolloutContract as contract } from '@slipway/domain/rollout';
import * as verbs from '@slipway/use-cases/rollout';
import { router } from '../trpc.ts';
import { mutation, query } from '../verb.ts';

/** rolloutRouter is the noun rollout over tRPC and REST. */
export const rolloutRouter = router({
  startCanary: mutation(contract.startCanary, verbs.startCanary),
  getRollout: query(contract.getRollout, verbs.getRollout),
  setCanaryPercent: mutation(contract.setCanaryPercent, verbs.setCanaryPercent),
  promoteCanary: mutation(contract.promoteCanary, verbs.promoteCanary),
  rollbackCanary: mutation(contract.rollbackCanary, verbs.rollbackCanary),
});
