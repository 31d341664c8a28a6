import type { PriceEntry } from '@slipway/domain/metering';

/** GatewayKey is one API key; its secret is known only as SHA-256 in hex. */
export interface GatewayKey {
  id: string;
  secretHash: string;
  teamId: string;
  teamSlug: string;
  /** caller is who shows in the ledger: the person and the key's name. */
  caller: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** GatewayReplica is one engine process; only status `ready` with an address receives requests. */
export interface GatewayReplica {
  id: string;
  status: string;
  /** address is an origin, for example `http://127.0.0.1:41001`. */
  address: string | null;
  /** nextAttemptAt is when a failed replica is started again. */
  nextAttemptAt: Date | null;
}

/** GatewayRevision is a stable or canary revision and its share of traffic. */
export interface GatewayRevision {
  id: string;
  number: number;
  role: 'stable' | 'canary';
  weightPercent: number;
  versionId: string;
  /** versionLabel is `team/model:version`. */
  versionLabel: string;
  /** modelName is `team/model`, by which a price may be set. */
  modelName: string;
  desiredReplicas: number;
  replicas: readonly GatewayReplica[];
}

/** GatewayEndpoint is what a model id resolves to. */
export interface GatewayEndpoint {
  id: string;
  name: string;
  teamId: string;
  teamSlug: string;
  visibility: 'team' | 'organisation';
  status: string;
  /** message is the endpoint's condition in words, or empty. */
  message: string;
  createdAt: Date;
  revisions: readonly GatewayRevision[];
}

/** GatewaySnapshot is everything the gateway knows; it is replaced as a whole. */
export interface GatewaySnapshot {
  keys: readonly GatewayKey[];
  endpoints: readonly GatewayEndpoint[];
  /** prices are all entries for tokens, those that hold from a later time on included. */
  prices: readonly PriceEntry[];
}
