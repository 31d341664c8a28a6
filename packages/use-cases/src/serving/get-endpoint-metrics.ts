import { readTrafficByTime } from '@slipway/db';
import { bucketSecondsFor, bucketStarts, type servingContract } from '@slipway/domain/serving';
import type { Verb } from '../shared/verb.ts';
import { requireReadableEndpoint } from './require-endpoint.ts';

const EMPTY = {
  requests: 0,
  errors: 0,
  promptTokens: 0,
  completionTokens: 0,
  ttftP50Ms: null,
  ttftP95Ms: null,
  latencyP50Ms: null,
  latencyP95Ms: null,
};

/** getEndpointMetrics reads traffic over time; a bucket without requests has none of the times. */
export const getEndpointMetrics: Verb<typeof servingContract.getEndpointMetrics> = async (deps, _actor, input) => {
  const endpoint = await requireReadableEndpoint(deps.db.prisma, input);
  const bucketSeconds = bucketSecondsFor(input.rangeMinutes);
  const starts = bucketStarts(deps.now(), input.rangeMinutes);
  const from = starts[0] ?? deps.now();
  const rows = await readTrafficByTime(deps.db.prisma, endpoint.id, { from, bucketSeconds });
  const byStart = new Map(rows.map(({ at, seconds: _, ...row }) => [at.getTime(), row]));
  const items = starts.map((at) => ({ at: at.toISOString(), ...(byStart.get(at.getTime()) ?? EMPTY) }));
  return { bucketSeconds, items };
};
