import { conflict } from '../kernel/errors.ts';
import type { QUOTA_REQUEST_STATUSES } from './contract.ts';

/** QuotaRequestStatus is pending, then succeeded (approved), failed (rejected) or cancelled (withdrawn), for good. */
export type QuotaRequestStatus = (typeof QUOTA_REQUEST_STATUSES)[number];

/** QuotaDecision is what can happen to a pending request. */
export type QuotaDecision = 'approve' | 'reject' | 'cancel';

const RESULT: Record<QuotaDecision, QuotaRequestStatus> = {
  approve: 'succeeded',
  reject: 'failed',
  cancel: 'cancelled',
};
const WORDS: Record<Exclude<QuotaRequestStatus, 'pending'>, string> = {
  succeeded: 'approved',
  failed: 'rejected',
  cancelled: 'withdrawn',
};

/** decideRequest gives the request's next status. Throws a conflict when it was decided already. */
export function decideRequest(status: QuotaRequestStatus, decision: QuotaDecision): QuotaRequestStatus {
  if (status !== 'pending') throw conflict(`This request was ${WORDS[status]} already.`);
  return RESULT[decision];
}

/** GrantTerms are what an approval gives: as asked, or with other slots or time. */
export interface GrantTerms {
  slots: number;
  startsAt: Date;
  endsAt: Date;
}

/** grantTerms says what an approved request gives, from now on. */
export function grantTerms(
  asked: { slots: number; durationHours: number },
  changed: { slots?: number | undefined; durationHours?: number | undefined },
  now: Date,
): GrantTerms {
  const hours = changed.durationHours ?? asked.durationHours;
  return { slots: changed.slots ?? asked.slots, startsAt: now, endsAt: new Date(now.getTime() + hours * 3_600_000) };
}
