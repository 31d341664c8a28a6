import type { quotaContract } from '@slipway/domain/quota';
import type { Verb } from '../shared/verb.ts';
import { closeRequest } from './close-request.ts';

/** cancelQuotaRequest withdraws a pending request of a team. */
export const cancelQuotaRequest: Verb<typeof quotaContract.cancelQuotaRequest> = (deps, actor, { team, requestId }) =>
  closeRequest(deps, actor, { requestId, decision: 'cancel', team, comment: null });
