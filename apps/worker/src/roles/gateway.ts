import { join } from 'node:path';
import {
  type ChangeEvent,
  type Database,
  listen,
  loadGatewaySnapshot,
  publish,
  recordUsage,
  touchApiKeys,
  withTransaction,
} from '@slipway/db';
import { type Gateway, type Subscribe, startGateway, type UsageRecord } from '@slipway/gateway';

/** GatewayRoleOptions is where the gateway listens and what it reads from. */
export interface GatewayRoleOptions {
  database: Database;
  /** databaseUrl is for the connection of its own on which changes are heard. */
  databaseUrl: string;
  dataDir: string;
  port: number;
  host: string;
  /** graceMs is how long requests in flight may finish when it is closed. */
  graceMs?: number;
  /** log takes the gateway's request lines; standard output by default. */
  log?: (line: string) => void;
}

/** USAGE_EVENT is published after usage was recorded; it changes nothing that a gateway knows. */
const USAGE_EVENT: ChangeEvent = { noun: 'metering', id: 'usage', teamId: null };
/** ANNOUNCE_MS keeps pages that show usage fresh without making them read all the time. */
const ANNOUNCE_MS = 1_000;

/** GRACE_MS leaves time for the rest of the worker to stop before whoever stops it loses patience. */
const GRACE_MS = 5_000;

/** startGatewayRole runs a gateway on this installation's database. */
export async function startGatewayRole(options: GatewayRoleOptions): Promise<Gateway> {
  const { database, databaseUrl, dataDir, port, host, graceMs, log } = options;
  const now = () => new Date();
  const announce = createAnnouncer(database);
  const gateway = await startGateway({
    port,
    host,
    now,
    graceMs: GRACE_MS,
    ...(graceMs === undefined ? {} : { graceMs }),
    ...(log === undefined ? {} : { log }),
    journalDir: join(dataDir, 'gateway', 'journal'),
    loadSnapshot: () => loadGatewaySnapshot(database, now()),
    subscribe: subscribeTo(databaseUrl),
    async recordUsage(records: UsageRecord[]) {
      await recordUsage(database, records);
      await touchApiKeys(database, records);
      announce.soon();
    },
  });
  return {
    port: gateway.port,
    async close() {
      await gateway.close();
      announce.stop();
    },
  };
}

/** subscribeTo hears those changes that a snapshot shows. */
function subscribeTo(databaseUrl: string): Subscribe {
  return async ({ onEvent, onLost, onReconnect }) => {
    const isShown = ({ noun, id }: ChangeEvent) =>
      noun === 'access' || noun === 'serving' || noun === 'rollout' || (noun === 'metering' && id !== USAGE_EVENT.id);
    return listen(databaseUrl, (event) => (isShown(event) ? onEvent() : undefined), onReconnect, onLost);
  };
}

function createAnnouncer(database: Database): { soon(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    soon() {
      timer ??= setTimeout(() => {
        timer = undefined;
        // The next usage announces again; a page that missed one reads at its next look.
        withTransaction(database, (tx) => publish(tx, USAGE_EVENT)).catch(() => undefined);
      }, ANNOUNCE_MS);
    },
    stop: () => clearTimeout(timer),
  };
}
