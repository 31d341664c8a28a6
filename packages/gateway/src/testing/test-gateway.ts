import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PriceEntry } from '@slipway/domain/metering';
import type { GatewayEndpoint, GatewayKey, GatewayRevision, GatewaySnapshot } from '../snapshot/snapshot.ts';
import type { SnapshotListener } from '../snapshot/snapshot-holder.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../start-gateway.ts';
import type { UsageRecord } from '../usage/usage-record.ts';

const SINCE = new Date('2026-01-01T00:00:00Z');
/** SECRET is the API key of the team `vision` in every test. */
export const SECRET = 'slp_test';

const hash = (secret: string) => createHash('sha256').update(secret).digest('hex');

/** aKey is a working key of the team `vision`. */
export const aKey = (fields: Partial<GatewayKey> & { secret?: string } = {}): GatewayKey => {
  const { secret = SECRET, ...rest } = fields;
  return {
    id: 'key-1',
    secretHash: hash(secret),
    teamId: 'team-vision',
    teamSlug: 'vision',
    caller: 'ada@example.com (laptop)',
    expiresAt: null,
    revokedAt: null,
    ...rest,
  };
};

/** aRevision is a stable revision; `addresses` become its ready replicas. */
export const aRevision = (fields: Partial<GatewayRevision> & { addresses?: string[] } = {}): GatewayRevision => {
  const { addresses = [], ...rest } = fields;
  const id = rest.id ?? 'rev-1';
  return {
    id,
    number: 1,
    role: 'stable',
    weightPercent: 100,
    versionId: 'version-1',
    versionLabel: 'vision/chat:1',
    modelName: 'vision/chat',
    desiredReplicas: Math.max(addresses.length, 1),
    replicas: addresses.map((address, ordinal) => ({
      id: `${id}-${ordinal}`,
      status: 'ready',
      address,
      nextAttemptAt: null,
    })),
    ...rest,
  };
};

/** anEndpoint is the endpoint `vision/chat`. */
export const anEndpoint = (fields: Partial<GatewayEndpoint> = {}): GatewayEndpoint => ({
  id: 'endpoint-1',
  name: 'chat',
  teamId: 'team-vision',
  teamSlug: 'vision',
  visibility: 'team',
  status: 'ready',
  message: '',
  createdAt: SINCE,
  revisions: [aRevision()],
  ...fields,
});

/** PRICES are 0.05 and 0.15 per million tokens, for any model. */
export const PRICES: PriceEntry[] = [
  { kind: 'prompt_tokens' as const, amountMicros: 50_000n },
  { kind: 'completion_tokens' as const, amountMicros: 150_000n },
].map((price) => ({
  ...price,
  id: price.kind,
  flavorName: null,
  modelName: null,
  effectiveFrom: SINCE,
  setBy: 'finops@example.com',
  createdAt: SINCE,
}));

/** TestGateway is a gateway whose snapshot and ledger a test holds in its hands. */
export interface TestGateway extends Gateway {
  url: string;
  /** change replaces the snapshot and tells the gateway, as an event would. */
  change(next: Partial<GatewaySnapshot>): void;
  /** changeSilently replaces the snapshot without an event. */
  changeSilently(next: Partial<GatewaySnapshot>): void;
  snapshot(): GatewaySnapshot;
  /** loads is how often the snapshot was loaded. */
  loads(): number;
  listener: () => SnapshotListener;
  ledger: Map<string, UsageRecord>;
  logs: string[];
  journalDir: string;
  setLedgerUp(isUp: boolean): void;
  setDatabaseUp(isUp: boolean): void;
  /** settled waits until the ledger holds the number of records. */
  settled(count: number): Promise<UsageRecord[]>;
  post(pathName: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** startTestGateway starts a gateway on a free port with an in-memory ledger. */
export async function startTestGateway(
  first: Partial<GatewaySnapshot>,
  options: Partial<GatewayOptions> = {},
): Promise<TestGateway> {
  let snapshot: GatewaySnapshot = { keys: [aKey()], endpoints: [], prices: PRICES, ...first };
  let listener: SnapshotListener | undefined;
  let loads = 0;
  let isLedgerUp = true;
  let isDatabaseUp = true;
  const ledger = new Map<string, UsageRecord>();
  const logs: string[] = [];
  const journalDir = options.journalDir ?? mkdtempSync(path.join(tmpdir(), 'slipway-journal-'));
  const gateway = await startGateway({
    port: 0,
    host: '127.0.0.1',
    journalDir,
    now: () => new Date(),
    log: (line) => logs.push(line),
    loadSnapshot: async () => {
      loads += 1;
      if (!isDatabaseUp) throw new Error('The database is away.');
      return snapshot;
    },
    subscribe: async (wanted) => {
      listener = wanted;
      return { close: async () => undefined };
    },
    recordUsage: async (records) => {
      if (!isLedgerUp) throw new Error('The ledger is away.');
      for (const record of records) ledger.set(record.requestId, record);
    },
    ...options,
  });
  const heard = (): SnapshotListener => {
    if (listener === undefined) throw new Error('The gateway did not subscribe.');
    return listener;
  };
  const url = `http://127.0.0.1:${gateway.port}`;
  return {
    ...gateway,
    url,
    ledger,
    logs,
    journalDir,
    listener: heard,
    snapshot: () => snapshot,
    loads: () => loads,
    changeSilently(next) {
      snapshot = { ...snapshot, ...next };
    },
    change(next) {
      snapshot = { ...snapshot, ...next };
      heard().onEvent();
    },
    setLedgerUp: (isUp) => {
      isLedgerUp = isUp;
    },
    setDatabaseUp: (isUp) => {
      isDatabaseUp = isUp;
    },
    async settled(count) {
      const deadline = Date.now() + 10_000;
      while (ledger.size < count) {
        if (Date.now() > deadline) throw new Error(`The ledger has ${ledger.size} of ${count} records.`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return [...ledger.values()];
    },
    post: (pathName, body, headers = {}) =>
      fetch(`${url}${pathName}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async close() {
      await gateway.close();
      if (options.journalDir === undefined) await rm(journalDir, { recursive: true, force: true });
    },
  };
}

/** CHAT is a small request for `vision/chat`. */
export const CHAT = { model: 'chat', messages: [{ role: 'user', content: 'What is the capital of France?' }] };
