import { z } from 'zod';

const bigint = z.string().regex(/^\d+$/).transform(BigInt);
const count = z.int().nonnegative();

/** usageLineSchema reads a UsageRecord back from its journal line. */
const usageLineSchema = z.object({
  requestId: z.string().min(1),
  at: z.iso.datetime().transform((value) => new Date(value)),
  teamId: z.string(),
  teamSlug: z.string(),
  endpointId: z.string(),
  endpointName: z.string(),
  endpointTeamSlug: z.string(),
  revisionId: z.string(),
  revisionNumber: count,
  versionId: z.string(),
  versionLabel: z.string(),
  replicaId: z.string().nullable(),
  apiKeyId: z.string(),
  caller: z.string(),
  status: z.enum(['succeeded', 'failed', 'cancelled']),
  httpStatus: count,
  promptTokens: count,
  cachedTokens: count,
  completionTokens: count,
  ttftMs: z.number().nullable(),
  durationMs: z.number(),
  promptPriceMicros: bigint,
  completionPriceMicros: bigint,
  costPicos: bigint,
});

/** UsageRecord is one finished request as the ledger keeps it. */
export type UsageRecord = z.output<typeof usageLineSchema>;

/** toLine renders a record as one journal line; money is text, since JSON has no whole numbers of that size. */
export function toLine(record: UsageRecord): string {
  const { promptPriceMicros, completionPriceMicros, costPicos, ...rest } = record;
  const money = {
    promptPriceMicros: String(promptPriceMicros),
    completionPriceMicros: String(completionPriceMicros),
    costPicos: String(costPicos),
  };
  return `${JSON.stringify({ ...rest, ...money })}\n`;
}

/** fromLine reads a journal line; null is a line that was torn or is not a record. */
export function fromLine(line: string): UsageRecord | null {
  try {
    return usageLineSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
