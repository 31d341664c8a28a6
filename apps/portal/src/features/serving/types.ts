import type { OutputOf } from '@slipway/domain/kernel';
import type { servingContract } from '@slipway/domain/serving';

/** Endpoint is an endpoint of a list. */
export type Endpoint = OutputOf<typeof servingContract.listEndpoints>['items'][number];
/** EndpointDetail is an endpoint with its revisions and replicas. */
export type EndpointDetail = OutputOf<typeof servingContract.getEndpoint>;
/** Revision is one configuration of an endpoint. */
export type Revision = EndpointDetail['revisions'][number];
/** Replica is one process of a revision. */
export type Replica = EndpointDetail['replicas'][number];
