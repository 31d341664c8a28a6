import { type EndpointRecord, listPriceEntries, type RevisionRecord, type Tx } from '@slipway/db';
import { notFound, type OutputOf } from '@slipway/domain';
import { type PriceEntry, slotPriceAt } from '@slipway/domain/metering';
import type { servingContract } from '@slipway/domain/serving';

/** EndpointView is an endpoint as lists show it. */
export type EndpointView = OutputOf<typeof servingContract.listEndpoints>['items'][number];
/** RevisionView is a revision with how many of its replicas answer. */
export type RevisionView = OutputOf<typeof servingContract.getEndpoint>['revisions'][number];

/** toRevisionView shows a revision of an endpoint. */
export function toRevisionView(revision: RevisionRecord, endpoint: Pick<EndpointRecord, 'replicas'>): RevisionView {
  const { replicas, createdAt, ...rest } = revision;
  const isReady = (replica: EndpointRecord['replicas'][number]) =>
    replica.revisionId === revision.id && replica.status === 'ready';
  return {
    ...rest,
    desiredReplicas: revision.role === 'retired' ? 0 : replicas,
    readyReplicas: endpoint.replicas.filter(isReady).length,
    createdAt: createdAt.toISOString(),
  };
}

/** toEndpointView shows an endpoint; prices are the price book. */
export function toEndpointView(endpoint: EndpointRecord, prices: readonly PriceEntry[], now: Date): EndpointView {
  const revisions = endpoint.revisions.filter((r) => r.role !== 'retired').map((r) => toRevisionView(r, endpoint));
  const slots = revisions.reduce((sum, r) => sum + r.desiredReplicas * r.slotsPerReplica, 0);
  const price = slotPriceAt(prices, endpoint.flavorName, now);
  return {
    id: endpoint.id,
    team: endpoint.teamSlug,
    name: endpoint.name,
    modelId: `${endpoint.teamSlug}/${endpoint.name}`,
    template: endpoint.template,
    templateVersion: endpoint.templateVersion,
    visibility: endpoint.visibility,
    flavor: endpoint.flavorName,
    status: endpoint.status,
    condition: endpoint.condition,
    generation: endpoint.generation,
    observedGeneration: endpoint.observedGeneration,
    desiredReplicas: revisions.reduce((sum, r) => sum + r.desiredReplicas, 0),
    readyReplicas: revisions.reduce((sum, r) => sum + r.readyReplicas, 0),
    slots,
    costMicrosPerHour: price === null ? null : Number(price) * slots,
    stable: revisions.find((r) => r.role === 'stable') ?? null,
    canary: revisions.find((r) => r.role === 'canary') ?? null,
    createdBy: endpoint.createdBy,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  };
}

/** viewEndpoint shows an endpoint with what it costs now. */
export async function viewEndpoint(tx: Tx, endpoint: EndpointRecord, now: Date): Promise<EndpointView> {
  return toEndpointView(endpoint, await listPriceEntries(tx), now);
}

/** endpointNotFound is the same whether the endpoint does not exist or is not shared with the team. */
export const endpointNotFound = (name: string, team: string) =>
  notFound(`There is no endpoint ${name} that team ${team} can see.`);
