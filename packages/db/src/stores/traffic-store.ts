import type { Tx } from '../transaction.ts';

/** TrafficRow is what requests of one group add up to; null is what no request tells. */
export interface TrafficRow {
  requests: number;
  errors: number;
  promptTokens: number;
  completionTokens: number;
  ttftP50Ms: number | null;
  ttftP95Ms: number | null;
  latencyP50Ms: number | null;
  latencyP95Ms: number | null;
  /** seconds is the time that all requests took together. */
  seconds: number;
}

/** readTrafficByTime adds up an endpoint's requests in buckets of a width, by the buckets' starts; empty ones are left out. */
export async function readTrafficByTime(
  tx: Tx,
  endpointId: string,
  range: { from: Date; bucketSeconds: number },
): Promise<(TrafficRow & { at: Date })[]> {
  return tx.$queryRaw<(TrafficRow & { at: Date })[]>`
    SELECT to_timestamp(floor(extract(epoch FROM at) / ${range.bucketSeconds}::int) * ${range.bucketSeconds}::int) AS at,
      count(*)::int AS requests,
      count(*) FILTER (WHERE status = 'failed')::int AS errors,
      sum("promptTokens")::float8 AS "promptTokens",
      sum("completionTokens")::float8 AS "completionTokens",
      percentile_cont(0.5) WITHIN GROUP (ORDER BY "ttftMs") AS "ttftP50Ms",
      percentile_cont(0.95) WITHIN GROUP (ORDER BY "ttftMs") AS "ttftP95Ms",
      percentile_cont(0.5) WITHIN GROUP (ORDER BY "durationMs") AS "latencyP50Ms",
      percentile_cont(0.95) WITHIN GROUP (ORDER BY "durationMs") AS "latencyP95Ms",
      sum("durationMs") / 1000 AS seconds
    FROM usage_record WHERE "endpointId" = ${endpointId} AND at >= ${range.from}
    GROUP BY 1 ORDER BY 1`;
}

/** readTrafficByRevision adds up an endpoint's requests since an instant by revision; those without a request are left out. */
export async function readTrafficByRevision(
  tx: Tx,
  endpointId: string,
  range: { from: Date; to: Date | null },
): Promise<(TrafficRow & { revisionId: string })[]> {
  return tx.$queryRaw<(TrafficRow & { revisionId: string })[]>`
    SELECT "revisionId",
      count(*)::int AS requests,
      count(*) FILTER (WHERE status = 'failed')::int AS errors,
      sum("promptTokens")::float8 AS "promptTokens",
      sum("completionTokens")::float8 AS "completionTokens",
      percentile_cont(0.5) WITHIN GROUP (ORDER BY "ttftMs") AS "ttftP50Ms",
      percentile_cont(0.95) WITHIN GROUP (ORDER BY "ttftMs") AS "ttftP95Ms",
      percentile_cont(0.5) WITHIN GROUP (ORDER BY "durationMs") AS "latencyP50Ms",
      percentile_cont(0.95) WITHIN GROUP (ORDER BY "durationMs") AS "latencyP95Ms",
      sum("durationMs") / 1000 AS seconds
    FROM usage_record
    WHERE "endpointId" = ${endpointId} AND at >= ${range.from} AND (${range.to}::timestamptz IS NULL OR at <= ${range.to})
    GROUP BY 1`;
}
