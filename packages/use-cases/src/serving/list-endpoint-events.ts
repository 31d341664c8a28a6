import { listAuditOf } from '@slipway/db';
import { describeEvent, type servingContract } from '@slipway/domain/serving';
import type { Verb } from '../shared/verb.ts';
import { requireReadableEndpoint } from './require-endpoint.ts';

/** listEndpointEvents reads what was done to an endpoint, newest first. */
export const listEndpointEvents: Verb<typeof servingContract.listEndpointEvents> = async (deps, _actor, input) => {
  const endpoint = await requireReadableEndpoint(deps.db.prisma, input);
  const entries = await listAuditOf(deps.db.prisma, { kind: 'endpoint', id: endpoint.id }, input.limit);
  return {
    items: entries.map(({ at, actor, action, detail }) => ({
      at: at.toISOString(),
      actor,
      action,
      message: describeEvent({ action, detail }),
    })),
  };
};
