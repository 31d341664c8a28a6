import { z } from 'zod';
import { mutation, nothing, query } from '../kernel/contract.ts';
import { countSchema, idSchema, microsSchema, pageInput, pageOf, slugSchema, timeSchema } from '../kernel/schemas.ts';

const team = slugSchema;
/** QUOTA_REQUEST_STATUSES: pending until decided or withdrawn; succeeded is approved, failed is rejected, expired is a grant that ended. */
export const QUOTA_REQUEST_STATUSES = ['pending', 'succeeded', 'failed', 'cancelled'] as const;
const slots = z.coerce.number().int().min(1, 'Ask for at least 1 slot.').max(10_000);
const durationHours = z.coerce
  .number()
  .int()
  .min(1, 'Ask for at least 1 hour.')
  .max(24 * 366, 'Ask for at most 366 days.');
const purpose = z.string().trim().min(3, 'Say what it is for.').max(2_000);
const comment = z.string().trim().max(2_000);
const requestView = z.object({
  id: idSchema,
  team: z.string(),
  teamName: z.string(),
  flavor: z.string(),
  flavorModel: z.string(),
  slots: countSchema,
  durationHours: countSchema,
  purpose: z.string(),
  status: z.enum(QUOTA_REQUEST_STATUSES),
  requestedBy: z.string(),
  requestedAt: timeSchema,
  decidedBy: z.string().nullable(),
  decidedAt: timeSchema.nullable(),
  comment: z.string().nullable(),
  grantId: idSchema.nullable(),
});
const grantView = z.object({
  id: idSchema,
  team: z.string(),
  flavor: z.string(),
  slots: countSchema,
  status: z.enum(['ready', 'expired', 'cancelled']),
  startsAt: timeSchema,
  endsAt: timeSchema.nullable(),
  requestId: idSchema.nullable(),
});
const usageView = z.object({
  flavor: z.string(),
  flavorModel: z.string(),
  grantedSlots: countSchema,
  usedSlots: countSchema,
  availableSlots: countSchema,
  priceMicrosPerSlotHour: microsSchema.nullable(),
  grants: z.array(grantView),
});

/** quotaContract is request, evidence, decision, grant and its end. */
export const quotaContract = {
  getTeamQuota: query({
    access: 'quota:read',
    path: '/teams/{team}/quota',
    summary: 'Show what a team is granted and uses',
    input: z.object({ team }),
    output: z.object({ items: z.array(usageView) }),
  }),
  requestQuota: mutation({
    access: 'quota:request',
    path: '/teams/{team}/quota/requests',
    summary: 'Ask for slots of a flavour for a purpose and a time',
    input: z.object({
      team,
      flavor: z.string().min(1).max(64),
      slots,
      durationHours,
      purpose,
    }),
    output: requestView,
  }),
  listTeamQuotaRequests: query({
    access: 'quota:read',
    path: '/teams/{team}/quota/requests',
    summary: "List a team's quota requests",
    input: z.object({
      team,
      status: z.enum(QUOTA_REQUEST_STATUSES).optional(),
      ...pageInput,
    }),
    output: pageOf(requestView),
  }),
  listQuotaRequests: query({
    access: 'quota:decide',
    path: '/quota/requests',
    summary: 'List quota requests of all teams',
    input: z.object({
      status: z.enum(QUOTA_REQUEST_STATUSES).optional(),
      ...pageInput,
    }),
    output: pageOf(requestView).extend({ pendingCount: countSchema }),
  }),
  getQuotaRequest: query({
    access: 'quota:decide',
    path: '/quota/requests/{requestId}',
    summary: 'Show a request beside current use and price',
    input: z.object({ requestId: idSchema }),
    output: requestView.extend({
      evidence: z.object({
        flavorTotalSlots: countSchema,
        flavorGrantedSlots: countSchema,
        flavorUsedSlots: countSchema,
        teamGrantedSlots: countSchema,
        teamUsedSlots: countSchema,
        priceMicrosPerSlotHour: microsSchema.nullable(),
        requestCostMicros: microsSchema.nullable(),
        teamSpentMicros30Days: microsSchema,
        teamSlotSeconds7Days: z.number().nonnegative(),
        isOversubscribed: z.boolean(),
      }),
    }),
  }),
  approveQuotaRequest: mutation({
    access: 'quota:decide',
    path: '/quota/requests/{requestId}/approve',
    summary: 'Approve a request, as asked or with other slots or time',
    input: z.object({
      requestId: idSchema,
      comment: comment.optional(),
      slots: slots.optional(),
      durationHours: durationHours.optional(),
    }),
    output: requestView,
  }),
  rejectQuotaRequest: mutation({
    access: 'quota:decide',
    path: '/quota/requests/{requestId}/reject',
    summary: 'Reject a request with a comment',
    input: z.object({
      requestId: idSchema,
      comment: comment.min(3, 'Say why.'),
    }),
    output: requestView,
  }),
  cancelQuotaRequest: mutation({
    access: 'quota:request',
    path: '/teams/{team}/quota/requests/{requestId}/cancel',
    summary: 'Withdraw a pending request',
    input: z.object({ team, requestId: idSchema }),
    output: requestView,
  }),
  revokeGrant: mutation({
    access: 'quota:decide',
    method: 'DELETE',
    path: '/quota/grants/{grantId}',
    summary: 'End a grant now',
    input: z.object({ grantId: idSchema }),
    output: nothing,
  }),
};
