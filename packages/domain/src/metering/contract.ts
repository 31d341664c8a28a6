import { z } from 'zod';
import { mutation, nothing, query } from '../kernel/contract.ts';
import { countSchema, idSchema, microsSchema, pageInput, pageOf, slugSchema, timeSchema } from '../kernel/schemas.ts';

/** COST_GROUPINGS are the ways to look at cost. */
export const COST_GROUPINGS = ['team', 'endpoint', 'modelVersion', 'kind', 'day'] as const;
/** PRICE_KINDS: a slot hour of a flavour; a million prompt or completion tokens of any model or of one. */
export const PRICE_KINDS = ['slot_hour', 'prompt_tokens', 'completion_tokens'] as const;
const day = z.iso.date();
const costInput = z.object({
  /** team limits to one team; without it all teams, which needs cost:read on the platform. */ team: slugSchema.optional(),
  from: day,
  /** to is inclusive. */ to: day,
  groupBy: z.enum(COST_GROUPINGS).default('team'),
});
const costRow = z.object({
  key: z.string(),
  label: z.string(),
  totalMicros: microsSchema,
  slotMicros: microsSchema,
  tokenMicros: microsSchema,
  slotSeconds: z.number().nonnegative(),
  requests: countSchema,
  promptTokens: countSchema,
  cachedTokens: countSchema,
  completionTokens: countSchema,
});
const priceView = z.object({
  id: idSchema,
  kind: z.enum(PRICE_KINDS),
  flavor: z.string().nullable(),
  model: z.string().nullable(),
  amountMicros: microsSchema,
  unit: z.string(),
  effectiveFrom: timeSchema,
  effectiveTo: timeSchema.nullable(),
  isCurrent: z.boolean(),
  setBy: z.string(),
  createdAt: timeSchema,
});
const usageView = z.object({
  requestId: z.string(),
  at: timeSchema,
  team: z.string(),
  endpoint: z.string(),
  revision: countSchema,
  versionLabel: z.string(),
  caller: z.string(),
  status: z.enum(['succeeded', 'failed', 'cancelled']),
  httpStatus: countSchema,
  promptTokens: countSchema,
  cachedTokens: countSchema,
  completionTokens: countSchema,
  ttftMs: z.number().nullable(),
  durationMs: z.number(),
  costMicros: microsSchema,
  /** cost is the exact amount in the currency, as decimal digits. */ cost: z.string(),
});

/** meteringContract is the ledger, the price book and what they add up to. */
export const meteringContract = {
  getCosts: query({
    access: 'cost:read',
    path: '/costs',
    summary: 'Cost by team, endpoint, model version, kind or day',
    input: costInput,
    output: z.object({
      currency: z.string(),
      from: day,
      to: day,
      totalMicros: microsSchema,
      previousTotalMicros: microsSchema,
      rows: z.array(costRow),
      series: z.array(
        z.object({
          day,
          key: z.string(),
          label: z.string(),
          totalMicros: microsSchema,
        }),
      ),
    }),
  }),
  exportCosts: query({
    access: 'cost:read',
    path: '/costs/export',
    summary: 'The same as CSV with exact amounts',
    input: costInput,
    output: z.object({ fileName: z.string(), csv: z.string() }),
  }),
  listUsage: query({
    access: 'cost:read',
    path: '/usage',
    summary: 'Read metered requests, newest first',
    input: z.object({
      team: slugSchema.optional(),
      endpoint: slugSchema.optional(),
      ...pageInput,
    }),
    output: pageOf(usageView),
  }),
  listPrices: query({
    access: 'signed_in',
    path: '/prices',
    summary: 'Read the price book with its history',
    input: nothing,
    output: z.object({ currency: z.string(), items: z.array(priceView) }),
  }),
  setPrice: mutation({
    access: 'price:write',
    path: '/prices',
    summary: 'Set a price from now or a later time on; the past keeps its price',
    input: z.object({
      kind: z.enum(PRICE_KINDS),
      /** flavor is needed for slot_hour. */ flavor: z.string().max(64).optional(),
      /** model is `team/model`; without it the price holds for every model. */ model: z.string().max(128).optional(),
      // Not coerced: null or an empty text would be 0, and free.
      amountMicros: z.int().min(0).max(1_000_000_000_000),
      effectiveFrom: timeSchema.optional(),
    }),
    output: priceView,
  }),
};
