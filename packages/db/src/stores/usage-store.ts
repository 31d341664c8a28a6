import type { PagePosition } from '@slipway/domain';
import type { Database } from '../database.ts';
import type { Prisma } from '../generated/client.ts';
import type { Tx } from '../transaction.ts';

/** UsageRow is one request in the ledger. */
export interface UsageRow {
  requestId: string;
  at: Date;
  teamId: string;
  teamSlug: string;
  endpointId: string;
  endpointName: string;
  endpointTeamSlug: string;
  revisionId: string;
  revisionNumber: number;
  versionId: string;
  versionLabel: string;
  replicaId: string | null;
  apiKeyId: string;
  caller: string;
  status: 'succeeded' | 'failed' | 'cancelled';
  httpStatus: number;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  ttftMs: number | null;
  durationMs: number;
  promptPriceMicros: bigint;
  completionPriceMicros: bigint;
  costPicos: bigint;
}

/** recordUsage writes requests into the ledger; a request id that is there already stays as it is. Returns how many were new. */
export async function recordUsage(db: Database, records: readonly UsageRow[]): Promise<number> {
  if (records.length === 0) return 0;
  const { count } = await db.prisma.usageRecord.createMany({ data: [...records], skipDuplicates: true });
  return count;
}

/** UsageFilter picks a page of requests, newest first. */
export interface UsageFilter {
  teamId?: string | undefined;
  endpointName?: string | undefined;
  after: PagePosition | null;
  limit: number;
}

/** listUsageRows reads a page of requests. */
export async function listUsageRows(tx: Tx, filter: UsageFilter): Promise<UsageRow[]> {
  const { teamId, endpointName, after, limit } = filter;
  const where: Prisma.UsageRecordWhereInput = {
    ...(teamId ? { teamId } : {}),
    ...(endpointName ? { endpointName } : {}),
    ...(after ? { OR: [{ at: { lt: after.at } }, { at: after.at, requestId: { lt: after.id } }] } : {}),
  };
  const rows = await tx.usageRecord.findMany({ where, orderBy: [{ at: 'desc' }, { requestId: 'desc' }], take: limit });
  return rows.map((row) => ({ ...row, status: row.status as UsageRow['status'] }));
}
