import type { PriceEntry } from '@slipway/domain/metering';
import type { GatewayEndpoint, GatewayKey, GatewaySnapshot } from './snapshot.ts';

/** SnapshotIndex answers the hot path's questions about one snapshot without scanning it. */
export interface SnapshotIndex {
  keyByHash: ReadonlyMap<string, GatewayKey>;
  endpointById: ReadonlyMap<string, GatewayEndpoint>;
  /** endpointByName is keyed by `team/endpoint`. */
  endpointByName: ReadonlyMap<string, GatewayEndpoint>;
  endpoints: readonly GatewayEndpoint[];
  prices: readonly PriceEntry[];
}

/** indexSnapshot prepares a snapshot for the hot path. */
export function indexSnapshot(snapshot: GatewaySnapshot): SnapshotIndex {
  return {
    keyByHash: new Map(snapshot.keys.map((key) => [key.secretHash, key])),
    endpointById: new Map(snapshot.endpoints.map((endpoint) => [endpoint.id, endpoint])),
    endpointByName: new Map(snapshot.endpoints.map((endpoint) => [`${endpoint.teamSlug}/${endpoint.name}`, endpoint])),
    endpoints: snapshot.endpoints,
    prices: snapshot.prices,
  };
}
