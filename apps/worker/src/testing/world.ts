import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createLocalArtifactStore } from '@slipway/db';
import { openMigratedDatabase } from '@slipway/db/testing';
import type { Actor } from '@slipway/domain/access';
import type { Deps } from '@slipway/use-cases/deps';

/** TINY_BASE is the project's own model. */
export const TINY_BASE = fileURLToPath(
  new URL('../../../../packages/engine/tiny-base/slipway-tiny.gguf', import.meta.url),
);
/** SAMPLE_TEXT is a text data set for short runs. */
export const SAMPLE_TEXT = fileURLToPath(
  new URL('../../../../packages/engine/tiny-base/sample-dataset.txt', import.meta.url),
);

/** World is an installation with one team and one flavour, without processes. */
export interface World {
  deps: Deps;
  databaseUrl: string;
  actor: Actor;
  teamId: string;
  flavorId: string;
  close(): Promise<void>;
}

/** openWorld makes an installation on real Postgres; `now` is what its use-cases take for the time. */
export async function openWorld(now: () => Date = () => new Date()): Promise<World> {
  const db = await openMigratedDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-worker-'));
  const { prisma } = db;
  const team = await prisma.team.create({ data: { id: randomUUID(), slug: 'vision', name: 'Vision' } });
  const cluster = await prisma.cluster.create({ data: { id: randomUUID(), name: 'local', driver: 'local' } });
  const cpu = { name: 'cpu', kind: 'cpu', model: 'Test CPU', totalSlots: 8 };
  const flavor = await prisma.flavor.create({ data: { id: randomUUID(), clusterId: cluster.id, ...cpu } });
  const grant = { teamId: team.id, flavorId: flavor.id, slots: 1_000, startsAt: new Date(0) };
  await prisma.quotaGrant.create({ data: { id: randomUUID(), ...grant } });
  const prices = [
    { kind: 'slot_hour', flavorName: 'cpu', amountMicros: 36_000n },
    { kind: 'prompt_tokens', amountMicros: 50_000n },
    { kind: 'completion_tokens', amountMicros: 150_000n },
  ];
  for (const price of prices) {
    await prisma.price.create({ data: { id: randomUUID(), ...price, effectiveFrom: new Date(0), setBy: 'test' } });
  }
  const deps: Deps = {
    db,
    artifacts: createLocalArtifactStore(dataDir),
    dataDir,
    now,
    gatewayUrl: 'http://gateway.test',
    allowedModelPaths: [],
  };
  const membership = { teamId: team.id, teamSlug: team.slug, role: 'team_admin' as const };
  return {
    deps,
    databaseUrl: db.url,
    teamId: team.id,
    flavorId: flavor.id,
    actor: {
      userId: 'u1',
      email: 'ada@example.com',
      name: 'Ada',
      platformRole: 'platform_admin',
      memberships: [membership],
    },
    async close() {
      await db.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** addVersion registers a ready version whose bytes are the file's, or the given text. */
export async function addVersion(world: World, content: { path: string } | { text: string }): Promise<string> {
  const { artifacts, db } = world.deps;
  const bytes = 'path' in content ? createReadStream(content.path) : Readable.from([Buffer.from(content.text)]);
  const { digest, sizeBytes } = await artifacts.put(bytes);
  const model = { id: randomUUID(), teamId: world.teamId, name: `base-${randomUUID().slice(0, 8)}` };
  await db.prisma.model.create({ data: model });
  const id = randomUUID();
  await db.prisma.modelVersion.create({
    data: {
      id,
      modelId: model.id,
      version: 1,
      status: 'ready',
      digest,
      sizeBytes: BigInt(sizeBytes),
      licence: 'Apache-2.0',
      sourceKind: 'upload',
      sourceAddress: 'test',
      createdBy: world.actor.email,
    },
  });
  return id;
}

/** addRevision adds a revision to an endpoint. */
export async function addRevision(
  world: World,
  endpointId: string,
  revision: {
    number: number;
    versionId: string;
    role?: 'stable' | 'canary' | 'retired';
    replicas?: number;
    slots?: number;
    systemMessage?: string;
  },
): Promise<string> {
  const { number, versionId, role = 'stable' } = revision;
  const id = randomUUID();
  await world.deps.db.prisma.revision.create({
    data: {
      id,
      endpointId,
      number,
      role,
      weightPercent: role === 'stable' ? 100 : 0,
      versionId,
      replicas: revision.replicas ?? 1,
      slotsPerReplica: revision.slots ?? 1,
      contextTokens: 512,
      maxConcurrency: 2,
      systemMessage: revision.systemMessage ?? null,
      createdBy: world.actor.email,
    },
  });
  return id;
}

/** addEndpoint adds an endpoint with one stable revision. */
export async function addEndpoint(
  world: World,
  endpoint: { name?: string; versionId: string; replicas?: number; slots?: number; systemMessage?: string },
): Promise<{ id: string; revisionId: string }> {
  const id = randomUUID();
  const name = endpoint.name ?? `chat-${id.slice(0, 8)}`;
  const template = { template: 'llm-endpoint', templateVersion: '1.0.0' };
  await world.deps.db.prisma.endpoint.create({
    data: { id, teamId: world.teamId, name, ...template, flavorId: world.flavorId, createdBy: world.actor.email },
  });
  return { id, revisionId: await addRevision(world, id, { ...endpoint, number: 1 }) };
}

/** addRun adds a run that waits to be started. */
export async function addRun(
  world: World,
  run: {
    baseVersionId: string;
    datasetPath?: string;
    outputModel?: string;
    params?: Record<string, number>;
    timeLimitMinutes?: number;
    slots?: number;
  },
): Promise<string> {
  const { artifacts, db } = world.deps;
  const { digest, sizeBytes } = await artifacts.put(createReadStream(run.datasetPath ?? SAMPLE_TEXT));
  const dataset = await db.prisma.dataset.upsert({
    where: { teamId_name: { teamId: world.teamId, name: 'sample' } },
    create: {
      id: randomUUID(),
      teamId: world.teamId,
      name: 'sample',
      format: 'text',
      digest,
      sizeBytes: BigInt(sizeBytes),
      lineCount: 1,
      preview: [],
      createdBy: world.actor.email,
    },
    update: {},
  });
  const id = randomUUID();
  await db.prisma.trainingRun.create({
    data: {
      id,
      teamId: world.teamId,
      name: `run-${id.slice(0, 8)}`,
      template: 'fine-tune-small-lm',
      templateVersion: '1.0.0',
      params: run.params ?? {},
      baseVersionId: run.baseVersionId,
      datasetId: dataset.id,
      outputModel: run.outputModel ?? `tuned-${id.slice(0, 8)}`,
      flavorId: world.flavorId,
      slots: run.slots ?? 1,
      timeLimitMinutes: run.timeLimitMinutes ?? 10,
      createdBy: world.actor.email,
    },
  });
  return id;
}
