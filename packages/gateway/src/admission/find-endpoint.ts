import type { SnapshotIndex } from '../snapshot/index-snapshot.ts';
import type { GatewayEndpoint, GatewayKey } from '../snapshot/snapshot.ts';

const mayCall = (key: GatewayKey, endpoint: GatewayEndpoint) =>
  endpoint.teamId === key.teamId || endpoint.visibility === 'organisation';

/** findEndpoint resolves a model id: `<endpoint>` in the key's team, or `<team>/<endpoint>`; what the key may not call does not exist. */
export function findEndpoint(index: SnapshotIndex, key: GatewayKey, modelId: string): GatewayEndpoint | null {
  const name = modelId.includes('/') ? modelId : `${key.teamSlug}/${modelId}`;
  const endpoint = index.endpointByName.get(name);
  return endpoint !== undefined && mayCall(key, endpoint) ? endpoint : null;
}

/** CallableModel is one entry of the model list. */
export interface CallableModel {
  id: string;
  endpoint: GatewayEndpoint;
}

/** listModels is every model id that the key may call, its own team's first. */
export function listModels(index: SnapshotIndex, key: GatewayKey): CallableModel[] {
  return index.endpoints
    .filter((endpoint) => mayCall(key, endpoint))
    .map((endpoint) => ({
      id: endpoint.teamId === key.teamId ? endpoint.name : `${endpoint.teamSlug}/${endpoint.name}`,
      endpoint,
    }))
    .sort((a, b) => Number(a.id.includes('/')) - Number(b.id.includes('/')) || a.id.localeCompare(b.id));
}
