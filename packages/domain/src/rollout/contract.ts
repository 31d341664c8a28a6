import { z } from 'zod';
import { mutation, query } from '../kernel/contract.ts';
import { countSchema, idSchema, slugSchema, statusSchema, timeSchema } from '../kernel/schemas.ts';
import { revisionView } from '../serving/contract.ts';
import { systemMessageSchema } from '../serving/system-message.ts';

const team = slugSchema;
const endpoint = slugSchema;
// Not coerced: null or an empty text would be 0.
const percent = z.int().min(0).max(100);
/** revisionStats compares one revision's traffic since the rollout began; null means no request yet. */
export const revisionStats = z.object({
  requests: countSchema,
  errors: countSchema,
  errorRate: z.number().nullable(),
  ttftP50Ms: z.number().nullable(),
  ttftP95Ms: z.number().nullable(),
  latencyP50Ms: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  completionTokens: countSchema,
});
const rolloutView = z.object({
  id: idSchema,
  team: z.string(),
  endpoint: z.string(),
  status: statusSchema,
  reason: z.string(),
  percent: z.number(),
  startedBy: z.string(),
  startedAt: timeSchema,
  endedAt: timeSchema.nullable(),
  endedBy: z.string().nullable(),
  stable: revisionView.extend({ stats: revisionStats }),
  canary: revisionView.extend({ stats: revisionStats }),
});

/** rolloutContract is canaries: start, shift, promote, roll back. */
export const rolloutContract = {
  startCanary: mutation({
    access: 'rollout:decide',
    path: '/teams/{team}/endpoints/{endpoint}/rollout',
    summary: 'Put a version beside the stable one with a share of traffic',
    input: z.object({
      team,
      endpoint,
      versionId: idSchema,
      percent: percent.default(10),
      replicas: z.coerce.number().int().min(1).max(32).default(1),
      /** systemMessage is the stable revision's where it is left out. */
      systemMessage: systemMessageSchema.optional(),
    }),
    output: rolloutView,
  }),
  getRollout: query({
    access: 'endpoint:read',
    path: '/teams/{team}/endpoints/{endpoint}/rollout',
    summary: 'Compare canary and stable',
    input: z.object({ team, endpoint }),
    output: z.object({
      rollout: rolloutView.nullable(),
      history: z.array(
        rolloutView.omit({ stable: true, canary: true }).extend({ stableLabel: z.string(), canaryLabel: z.string() }),
      ),
    }),
  }),
  setCanaryPercent: mutation({
    access: 'rollout:decide',
    method: 'PATCH',
    path: '/teams/{team}/endpoints/{endpoint}/rollout',
    summary: "Change the canary's share of traffic",
    input: z.object({ team, endpoint, percent }),
    output: rolloutView,
  }),
  promoteCanary: mutation({
    access: 'rollout:decide',
    path: '/teams/{team}/endpoints/{endpoint}/rollout/promote',
    summary: 'Give all traffic to the canary and make it stable',
    input: z.object({
      team,
      endpoint,
      comment: z.string().max(2_000).optional(),
    }),
    output: rolloutView,
  }),
  rollbackCanary: mutation({
    access: 'rollout:decide',
    path: '/teams/{team}/endpoints/{endpoint}/rollout/rollback',
    summary: 'Give all traffic back to the stable revision',
    input: z.object({
      team,
      endpoint,
      comment: z.string().max(2_000).optional(),
    }),
    output: rolloutView,
  }),
};
