import { readLogLines } from '@slipway/db';
import type { servingContract } from '@slipway/domain/serving';
import { toLogLines } from '../shared/log-lines.ts';
import type { Verb } from '../shared/verb.ts';
import { requireReadableEndpoint } from './require-endpoint.ts';

/** getEndpointLogs reads what an endpoint's replicas wrote after a sequence number. */
export const getEndpointLogs: Verb<typeof servingContract.getEndpointLogs> = async (deps, _actor, input) => {
  const endpoint = await requireReadableEndpoint(deps.db.prisma, input);
  const { after, limit } = input;
  return {
    items: toLogLines(await readLogLines(deps.db.prisma, { kind: 'endpoint', id: endpoint.id }, { after, limit })),
  };
};
