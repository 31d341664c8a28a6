import { quotaContract as contract } from '@slipway/domain/quota';
import * as verbs from '@slipway/use-cases/quota';
import { router } from '../trpc.ts';
import { mutation, query } from '../verb.ts';

/** quotaRouter is the noun quota over tRPC and REST. */
export const quotaRouter = router({
  getTeamQuota: query(contract.getTeamQuota, verbs.getTeamQuota),
  requestQuota: mutation(contract.requestQuota, verbs.requestQuota),
  listTeamQuotaRequests: query(contract.listTeamQuotaRequests, verbs.listTeamQuotaRequests),
  listQuotaRequests: query(contract.listQuotaRequests, verbs.listQuotaRequests),
  getQuotaRequest: query(contract.getQuotaRequest, verbs.getQuotaRequest),
  approveQuotaRequest: mutation(contract.approveQuotaRequest, verbs.approveQuotaRequest),
  rejectQuotaRequest: mutation(contract.rejectQuotaRequest, verbs.rejectQuotaRequest),
  cancelQuotaRequest: mutation(contract.cancelQuotaRequest, verbs.cancelQuotaRequest),
  revokeGrant: mutation(contract.revokeGrant, verbs.revokeGrant),
});
