import type { QuotaGrantRecord, QuotaRequestRecord } from '@slipway/db';
import type { OutputOf } from '@slipway/domain';
import type { quotaContract } from '@slipway/domain/quota';

/** QuotaRequestView is a request as the API tells it. */
export type QuotaRequestView = OutputOf<typeof quotaContract.requestQuota>;
/** QuotaGrantView is a grant as the API tells it. */
export type QuotaGrantView = OutputOf<typeof quotaContract.getTeamQuota>['items'][number]['grants'][number];

/** toRequestView shows a request. */
export function toRequestView(request: QuotaRequestRecord): QuotaRequestView {
  const { id, flavorModel, slots, durationHours, purpose, status, requestedBy, decidedBy, comment, grantId } = request;
  return {
    id,
    team: request.teamSlug,
    teamName: request.teamName,
    flavor: request.flavorName,
    flavorModel,
    slots,
    durationHours,
    purpose,
    status,
    requestedBy,
    requestedAt: request.createdAt.toISOString(),
    decidedBy,
    decidedAt: request.decidedAt?.toISOString() ?? null,
    comment,
    grantId,
  };
}

/** toGrantView shows a grant; one whose end has passed is expired, even before the job that writes it down ran. */
export function toGrantView(grant: QuotaGrantRecord, now: Date): QuotaGrantView {
  const { id, slots, requestId, startsAt, endsAt } = grant;
  const isOver = grant.status === 'ready' && endsAt !== null && endsAt <= now;
  return {
    id,
    team: grant.teamSlug,
    flavor: grant.flavorName,
    slots,
    status: isOver ? 'expired' : grant.status,
    startsAt: startsAt.toISOString(),
    endsAt: endsAt?.toISOString() ?? null,
    requestId,
  };
}
