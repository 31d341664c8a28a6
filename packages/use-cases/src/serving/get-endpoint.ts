import type { EndpointRecord } from '@slipway/db';
import type { OutputOf } from '@slipway/domain';
import type { servingContract } from '@slipway/domain/serving';
import type { Verb } from '../shared/verb.ts';
import { toRevisionView, viewEndpoint } from './endpoint-view.ts';
import { requireReadableEndpoint } from './require-endpoint.ts';

type Contract = typeof servingContract.getEndpoint;

/** getEndpoint reads an endpoint with revisions and replicas. */
export const getEndpoint: Verb<Contract> = async (deps, _actor, input) => {
  const endpoint = await requireReadableEndpoint(deps.db.prisma, input);
  return {
    ...(await viewEndpoint(deps.db.prisma, endpoint, deps.now())),
    revisions: endpoint.revisions.map((revision) => toRevisionView(revision, endpoint)),
    replicas: toReplicaViews(endpoint),
    baseUrl: `${deps.gatewayUrl}/v1`,
  };
};

function toReplicaViews({ replicas, revisions }: EndpointRecord): OutputOf<Contract>['replicas'] {
  const numbers = new Map(revisions.map((revision) => [revision.id, revision.number]));
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return replicas.map(({ id, revisionId, ordinal, status, condition, address, restarts, startedAt, readyAt }) => ({
    id,
    revision: numbers.get(revisionId) ?? 0,
    ordinal,
    status,
    condition,
    address,
    restarts,
    startedAt: iso(startedAt),
    readyAt: iso(readyAt),
  }));
}
