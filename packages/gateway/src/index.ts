export type {
  GatewayEndpoint,
  GatewayKey,
  GatewayReplica,
  GatewayRevision,
  GatewaySnapshot,
} from './snapshot/snapshot.ts';
export type {
  SnapshotListener,
  Subscribe,
} from './snapshot/snapshot-holder.ts';
export {
  type Gateway,
  type GatewayOptions,
  startGateway,
} from './start-gateway.ts';
export type { UsageRecord } from './usage/usage-record.ts';
