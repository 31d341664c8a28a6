import type { COST_GROUPINGS, LedgerSum } from '@slipway/domain/metering';
import { Prisma } from '../generated/client.ts';
import type { Tx } from '../transaction.ts';

/** CostScope is a span of time, until exclusive, of one team or of all. */
export interface CostScope {
  from: Date;
  until: Date;
  teamId?: string | undefined;
}

type Grouping = (typeof COST_GROUPINGS)[number];

interface SumRow {
  key: string;
  day: string;
  slotPicos: string;
  tokenPicos: string;
  slotMillis: string;
  requests: bigint;
  promptTokens: bigint;
  cachedTokens: bigint;
  completionTokens: bigint;
}

// What a line of each ledger is counted under. Tokens are charged to who called, slots to who holds them.
const USAGE_KEY: Record<Grouping, Prisma.Sql> = {
  team: Prisma.sql`"teamSlug"`,
  endpoint: Prisma.sql`"endpointTeamSlug" || '/' || "endpointName"`,
  modelVersion: Prisma.sql`"versionLabel"`,
  kind: Prisma.sql`'tokens'`,
  day: Prisma.sql`'total'`,
};
const SLOT_KEY: Record<Grouping, Prisma.Sql> = {
  team: Prisma.sql`"teamSlug"`,
  endpoint: Prisma.sql`CASE WHEN "endpointName" IS NULL THEN 'training' ELSE "teamSlug" || '/' || "endpointName" END`,
  modelVersion: Prisma.sql`COALESCE("versionLabel", 'none')`,
  kind: Prisma.sql`CASE WHEN "ownerKind" = 'run' THEN 'training' ELSE 'serving' END`,
  day: Prisma.sql`'total'`,
};

/** sumLedger adds up both ledgers for each group and day (UTC), in one query; sums are exact. By day, the group is the day. */
export async function sumLedger(tx: Tx, scope: CostScope, groupBy: Grouping): Promise<LedgerSum[]> {
  // Each ledger is grouped by itself before they meet: most rows then are only counted, not carried along.
  const rows = await tx.$queryRaw<SumRow[]>`
    SELECT key, day::text AS day, SUM("slotPicos")::text AS "slotPicos", SUM("tokenPicos")::text AS "tokenPicos",
      SUM("slotMillis")::text AS "slotMillis", SUM(requests)::bigint AS requests,
      SUM("promptTokens")::bigint AS "promptTokens", SUM("cachedTokens")::bigint AS "cachedTokens",
      SUM("completionTokens")::bigint AS "completionTokens"
    FROM (
      SELECT ${USAGE_KEY[groupBy]} AS key, (at AT TIME ZONE 'UTC')::date AS day, 0 AS "slotPicos",
        SUM("costPicos") AS "tokenPicos", 0 AS "slotMillis", COUNT(*) AS requests, SUM("promptTokens") AS "promptTokens",
        SUM("cachedTokens") AS "cachedTokens", SUM("completionTokens") AS "completionTokens"
      FROM usage_record WHERE at >= ${scope.from} AND at < ${scope.until} ${teamSql(scope)} GROUP BY 1, 2
      UNION ALL
      SELECT ${SLOT_KEY[groupBy]}, ("startAt" AT TIME ZONE 'UTC')::date, SUM("costPicos"), 0, SUM("slotMillis"), 0, 0, 0, 0
      FROM slot_record WHERE "startAt" >= ${scope.from} AND "startAt" < ${scope.until} ${teamSql(scope)} GROUP BY 1, 2
    ) AS ledger GROUP BY key, day ORDER BY day, key`;
  return rows.map((row) => ({
    key: groupBy === 'day' ? row.day : row.key,
    day: row.day,
    slotPicos: BigInt(row.slotPicos),
    tokenPicos: BigInt(row.tokenPicos),
    slotMillis: BigInt(row.slotMillis),
    requests: Number(row.requests),
    promptTokens: Number(row.promptTokens),
    cachedTokens: Number(row.cachedTokens),
    completionTokens: Number(row.completionTokens),
  }));
}

/** sumCost adds up what a span of time cost, in picos. */
export async function sumCost(tx: Tx, scope: CostScope): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ total: string }[]>`
    SELECT (
      (SELECT COALESCE(SUM("costPicos"), 0) FROM usage_record WHERE at >= ${scope.from} AND at < ${scope.until} ${teamSql(scope)})
      + (SELECT COALESCE(SUM("costPicos"), 0) FROM slot_record
         WHERE "startAt" >= ${scope.from} AND "startAt" < ${scope.until} ${teamSql(scope)})
    )::text AS total`;
  return BigInt(row?.total ?? '0');
}

/** sumSlotMillis adds up the slot-milliseconds that a team held of a flavour since an instant. */
export async function sumSlotMillis(
  tx: Tx,
  scope: { teamId: string; flavorName: string; from: Date },
): Promise<bigint> {
  const { teamId, flavorName, from } = scope;
  const where = { teamId, flavorName, startAt: { gte: from } };
  const { _sum } = await tx.slotRecord.aggregate({ where, _sum: { slotMillis: true } });
  return _sum.slotMillis ?? 0n;
}

function teamSql({ teamId }: CostScope): Prisma.Sql {
  return teamId === undefined ? Prisma.empty : Prisma.sql`AND "teamId" = ${teamId}`;
}
