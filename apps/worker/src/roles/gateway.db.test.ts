import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, insertPrices, publish, withTransaction } from '@slipway/db';
import { openMigratedDatabase } from '@slipway/db/testing';
import type { Gateway } from '@slipway/gateway';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGatewayRole } from './gateway.ts';

let database: Database & { url: string };
let gateway: Gateway;
let replica: Server;
const dataDir = mkdtempSync(join(tmpdir(), 'slipway-role-'));

beforeAll(async () => {
  database = await openMigratedDatabase();
  replica = createServer((req, res) => {
    req.resume();
    res.setHeader('content-type', 'application/json');
    res.end('{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}');
  });
  await new Promise<void>((resolve) => replica.listen(0, '127.0.0.1', resolve));
  await seed(`http://127.0.0.1:${(replica.address() as AddressInfo).port}`);
  const { url } = database;
  gateway = await startGatewayRole({
    database,
    databaseUrl: url,
    dataDir,
    port: 0,
    host: '127.0.0.1',
    log: () => undefined,
  });
});
afterAll(async () => {
  await gateway.close();
  replica.close();
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function seed(address: string): Promise<void> {
  const { prisma } = database;
  const by = { createdBy: 'system' };
  await prisma.team.create({ data: { id: 't', slug: 'vision', name: 'Vision' } });
  await prisma.cluster.create({ data: { id: 'c', name: 'local', driver: 'local' } });
  const flavor = { id: 'f', clusterId: 'c', name: 'cpu', kind: 'cpu', model: 'CPU', totalSlots: 4 };
  await prisma.flavor.create({ data: flavor });
  await prisma.model.create({ data: { id: 'm', teamId: 't', name: 'smol' } });
  const source = { sourceKind: 'path', sourceAddress: '/x', status: 'ready' };
  await prisma.modelVersion.create({ data: { ...by, ...source, id: 'v', modelId: 'm', version: 1 } });
  const template = { template: 'llm-endpoint', templateVersion: '1' };
  await prisma.endpoint.create({ data: { ...by, ...template, id: 'e', teamId: 't', name: 'chat', flavorId: 'f' } });
  const size = { replicas: 1, slotsPerReplica: 1, contextTokens: 256, maxConcurrency: 1 };
  const role = { role: 'stable', weightPercent: 100 };
  await prisma.revision.create({
    data: { ...by, ...size, ...role, id: 'r', endpointId: 'e', number: 1, versionId: 'v' },
  });
  const place = { endpointId: 'e', revisionId: 'r', ordinal: 0 };
  await prisma.replica.create({ data: { ...place, id: 'r-0', status: 'ready', address } });
  const price = {
    flavorName: null,
    modelName: null,
    effectiveFrom: new Date(0),
    setBy: 'system',
    createdAt: new Date(0),
  };
  await insertPrices(prisma, [
    { ...price, id: 'p1', kind: 'prompt_tokens', amountMicros: 50_000n },
    { ...price, id: 'p2', kind: 'completion_tokens', amountMicros: 150_000n },
  ]);
}

/** makeKey inserts a key as the portal does, with its event. */
async function makeKey(): Promise<{ id: string; secret: string }> {
  const id = randomUUID();
  const secret = `slp_${id}`;
  const secretHash = createHash('sha256').update(secret).digest('hex');
  const owner = {
    teamId: 't',
    createdByUserId: 'u',
    createdByEmail: 'ada@example.com',
    prefix: 'slp_',
    name: 'laptop',
  };
  await withTransaction(database, async (tx) => {
    await tx.apiKey.create({ data: { ...owner, id, secretHash } });
    await publish(tx, { noun: 'access', id, teamId: 't' });
  });
  return { id, secret };
}
async function call(secret: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model: 'chat', messages: [] }),
  });
  await response.arrayBuffer();
  return response.status;
}
/** within polls until the key answers with the status, and says how long that took. */
async function within(secret: string, status: number): Promise<number> {
  const startedAt = performance.now();
  while ((await call(secret)) !== status) {
    if (performance.now() - startedAt > 5_000) throw new Error(`never answered ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.now() - startedAt;
}

test('a new key works, and a revoked one stops, within a second', async () => {
  const { id, secret } = await makeKey();
  expect(await within(secret, 200)).toBeLessThan(1_000);
  await withTransaction(database, async (tx) => {
    await tx.apiKey.update({ where: { id }, data: { revokedAt: new Date() } });
    await publish(tx, { noun: 'access', id, teamId: 't' });
  });
  expect(await within(secret, 401)).toBeLessThan(1_000);
});

test('also while the connection that brings events is lost', async () => {
  const { id, secret } = await makeKey();
  await within(secret, 200);
  const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`;
  expect((await database.pool.query(kill)).rowCount).toBe(1);
  // No event tells of it: the listener is gone at this moment.
  await database.prisma.apiKey.update({ where: { id }, data: { revokedAt: new Date() } });
  expect(await within(secret, 401)).toBeLessThan(1_000);
});

test('a request is in the ledger at its price, once, and its key says when it was used', async () => {
  const { id, secret } = await makeKey();
  await within(secret, 200);
  const find = () => database.prisma.usageRecord.findMany({ where: { apiKeyId: id } });
  await expect.poll(async () => (await find()).length).toBe(1);
  expect((await find())[0]).toMatchObject({
    teamSlug: 'vision',
    versionLabel: 'vision/smol:1',
    replicaId: 'r-0',
    status: 'succeeded',
    promptTokens: 7,
    completionTokens: 2,
    costPicos: 7n * 50_000n + 2n * 150_000n,
  });
  await expect
    .poll(async () => (await database.prisma.apiKey.findUniqueOrThrow({ where: { id } })).lastUsedAt)
    .toBeInstanceOf(Date);
});
