import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database.ts';
import { openMigratedDatabase } from '../testing/index.ts';
import { loadGatewaySnapshot, touchApiKeys } from './gateway-store.ts';

let db: Database;
const now = new Date('2026-05-01T12:00:00Z');
const before = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

beforeAll(async () => {
  db = await openMigratedDatabase();
  const { prisma } = db;
  await prisma.team.createMany({
    data: [
      { id: 't1', slug: 'vision', name: 'Vision' },
      { id: 't2', slug: 'platform', name: 'Platform' },
    ],
  });
  const key = { teamId: 't1', createdByUserId: 'u1', createdByEmail: 'ada@example.com', prefix: 'slp_a' };
  await prisma.apiKey.createMany({
    data: [
      { ...key, id: 'k1', name: 'laptop', secretHash: 'h1', expiresAt: null },
      { ...key, id: 'k2', name: 'x', kind: 'playground', secretHash: 'h2', expiresAt: before(-1) },
      { ...key, id: 'k3', name: 'revoked', secretHash: 'h3', revokedAt: before(1) },
      { ...key, id: 'k4', name: 'long gone', secretHash: 'h4', revokedAt: before(24 * 31) },
    ],
  });
  await prisma.cluster.create({ data: { id: 'c1', name: 'local', driver: 'local' } });
  const flavor = { id: 'f1', clusterId: 'c1', name: 'cpu', kind: 'cpu', model: 'CPU', totalSlots: 4 };
  await prisma.flavor.create({ data: flavor });
  await prisma.model.create({ data: { id: 'm1', teamId: 't2', name: 'smol' } });
  const version = { modelId: 'm1', sourceKind: 'path', sourceAddress: '/x', createdBy: 'u1', status: 'ready' };
  await prisma.modelVersion.createMany({
    data: [
      { ...version, id: 'v1', version: 1 },
      { ...version, id: 'v2', version: 2 },
    ],
  });
  const endpoint = { teamId: 't1', template: 'llm-endpoint', templateVersion: '1', flavorId: 'f1', createdBy: 'u1' };
  const condition = { type: 'Ready', reason: 'Starting', message: 'Loading.', since: now.toISOString() };
  await prisma.endpoint.createMany({
    data: [
      {
        ...endpoint,
        id: 'e1',
        name: 'chat',
        visibility: 'organisation',
        status: 'ready',
        condition,
        createdAt: before(3),
      },
      { ...endpoint, id: 'e2', name: 'empty', createdAt: before(2) },
      { ...endpoint, id: 'e3', name: 'deleted', deletedAt: now, createdAt: before(1) },
    ],
  });
  const revision = { endpointId: 'e1', slotsPerReplica: 1, contextTokens: 256, maxConcurrency: 1, createdBy: 'u1' };
  await prisma.revision.createMany({
    data: [
      { ...revision, id: 'r1', number: 1, role: 'retired', weightPercent: 0, versionId: 'v1', replicas: 1 },
      { ...revision, id: 'r2', number: 2, role: 'stable', weightPercent: 90, versionId: 'v1', replicas: 2 },
      { ...revision, id: 'r3', number: 3, role: 'canary', weightPercent: 10, versionId: 'v2', replicas: 1 },
    ],
  });
  const replica = { endpointId: 'e1', revisionId: 'r2' };
  await prisma.replica.createMany({
    data: [
      { ...replica, id: 'r2-0', ordinal: 0, status: 'ready', address: 'http://127.0.0.1:1' },
      { ...replica, id: 'r2-1', ordinal: 1, status: 'failed', nextAttemptAt: now },
      { ...replica, id: 'r1-0', revisionId: 'r1', ordinal: 0, status: 'ready', address: 'http://127.0.0.1:2' },
    ],
  });
  const price = { effectiveFrom: before(5), createdAt: before(5), setBy: 'finops' };
  await prisma.price.createMany({
    data: [
      { ...price, id: 'p1', kind: 'prompt_tokens', amountMicros: 9_007_199_254_740_993n },
      { ...price, id: 'p2', kind: 'slot_hour', flavorName: 'cpu', amountMicros: 1n },
    ],
  });
});
afterAll(() => db.close());

test('keys come with who calls; keys that ended long ago do not', async () => {
  const { keys } = await loadGatewaySnapshot(db, now);
  expect(keys.sort((a, b) => a.id.localeCompare(b.id))).toEqual([
    expect.objectContaining({ id: 'k1', secretHash: 'h1', teamSlug: 'vision', caller: 'ada@example.com (laptop)' }),
    expect.objectContaining({ id: 'k2', caller: 'ada@example.com (playground)', expiresAt: before(-1) }),
    expect.objectContaining({ id: 'k3', revokedAt: before(1) }),
  ]);
});

test('endpoints come with the revisions that may get traffic and their replicas; deleted ones do not', async () => {
  const { endpoints } = await loadGatewaySnapshot(db, now);
  expect(endpoints.map((endpoint) => endpoint.id)).toEqual(['e1', 'e2']);
  expect(endpoints[0]).toMatchObject({ teamSlug: 'vision', visibility: 'organisation', message: 'Loading.' });
  expect(endpoints[0]?.revisions).toEqual([
    {
      id: 'r2',
      number: 2,
      role: 'stable',
      weightPercent: 90,
      versionId: 'v1',
      versionLabel: 'platform/smol:1',
      modelName: 'platform/smol',
      desiredReplicas: 2,
      replicas: [
        { id: 'r2-0', status: 'ready', address: 'http://127.0.0.1:1', nextAttemptAt: null },
        { id: 'r2-1', status: 'failed', address: null, nextAttemptAt: now },
      ],
    },
    expect.objectContaining({ id: 'r3', role: 'canary', versionLabel: 'platform/smol:2', replicas: [] }),
  ]);
  expect(endpoints[1]?.revisions).toEqual([]);
});

test('prices are those of tokens, exact beyond 2^53', async () => {
  const { prices } = await loadGatewaySnapshot(db, now);
  expect(prices.map((price) => [price.id, price.amountMicros])).toEqual([['p1', 9_007_199_254_740_993n]]);
  expect(prices[0]?.effectiveFrom).toEqual(before(5));
});

test('a key’s last use is the latest, whatever order uses arrive in', async () => {
  const uses = [2, 1, 3].map((hours) => ({ apiKeyId: 'k1', at: before(hours) }));
  await touchApiKeys(db, uses);
  await touchApiKeys(db, [{ apiKeyId: 'k1', at: before(9) }]);
  const key = await db.prisma.apiKey.findUniqueOrThrow({ where: { id: 'k1' } });
  expect(key.lastUsedAt).toEqual(before(1));
});
