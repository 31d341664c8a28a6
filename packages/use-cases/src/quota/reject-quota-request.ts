import type { quotaContract } from '@slipway/domain/quota';
import type { Verb } from '../shared/verb.ts';
import { closeRequest } from './close-request.ts';

/** rejectQuotaRequest refuses a request and says why. */
export const rejectQuotaRequest: Verb<typeof quotaContract.rejectQuotaRequest> = (deps, actor, input) =>
  closeRequest(deps, actor, { requestId: input.requestId, decision: 'reject', comment: input.comment });
