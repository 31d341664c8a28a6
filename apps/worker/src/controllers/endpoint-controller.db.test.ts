import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createScriptedDriver, type ScriptedDriver } from '../testing/scripted-driver.ts';
import { addEndpoint, addRevision, addVersion, openWorld, type World } from '../testing/world.ts';
import { createEndpointController, type EndpointController } from './endpoint-controller.ts';
import { createLogWriter, type LogWriter } from './log-writer.ts';

let clock: Date;
let world: World;
let driver: ScriptedDriver;
let controller: EndpointController;
let logWriter: LogWriter;
let removed: string[];
const now = () => clock;
const pass = (milliseconds: number) => {
  clock = new Date(clock.getTime() + milliseconds);
};

beforeAll(async () => {
  world = await openWorld(now);
});
afterAll(() => world.close());
beforeEach(() => {
  clock = new Date('2026-11-21T12:00:00.000Z');
  driver = createScriptedDriver(now);
  const { db, artifacts } = world.deps;
  logWriter = createLogWriter({ db, log: () => {} });
  removed = [];
  controller = createEndpointController({
    db,
    driver,
    artifacts,
    logWriter,
    owners: new Map(),
    now,
    onRemoved: (id) => removed.push(id),
  });
});
afterEach(() => logWriter.close());

const readEndpoint = (id: string) => world.deps.db.prisma.endpoint.findUniqueOrThrow({ where: { id } });
const readReplicas = (endpointId: string) =>
  world.deps.db.prisma.replica.findMany({ where: { endpointId }, orderBy: { id: 'asc' } });
const change = (id: string, data: { deletedAt?: Date; generation?: number }) =>
  world.deps.db.prisma.endpoint.update({ where: { id }, data });

/** An endpoint with one replica that answers. */
async function readyEndpoint(): Promise<{ id: string; revisionId: string; key: string }> {
  const endpoint = await addEndpoint(world, { versionId: await addVersion(world, { text: 'model' }) });
  const key = `replica:${endpoint.revisionId}-0`;
  await controller.reconcile(endpoint.id);
  driver.ready(key, 'http://127.0.0.1:4001');
  await controller.reconcile(endpoint.id);
  return { ...endpoint, key };
}

describe('a new endpoint', () => {
  it('gets a process rendered from its revision, and becomes ready with the address of it', async () => {
    const versionId = await addVersion(world, { text: 'model' });
    const { id, revisionId } = await addEndpoint(world, {
      name: 'chat',
      versionId,
      slots: 3,
      systemMessage: 'Be kind.',
    });
    await change(id, { generation: 4 });
    expect(await controller.reconcile(id)).toMatchObject({ isChanged: true });
    const version = await world.deps.db.prisma.modelVersion.findUniqueOrThrow({ where: { id: versionId } });
    expect(driver.specs.get(`replica:${revisionId}-0`)).toEqual({
      key: `replica:${revisionId}-0`,
      kind: 'service',
      program: 'engine',
      config: {
        modelPath: world.deps.artifacts.path(version.digest ?? ''),
        modelId: 'chat',
        modelAliases: ['vision/chat'],
        contextTokens: 512,
        maxConcurrency: 2,
        systemMessage: 'Be kind.',
        threads: 2,
        gpuLayers: 0,
      },
      flavor: 'cpu',
      slots: 3,
    });
    expect(await readEndpoint(id)).toMatchObject({ status: 'starting', observedGeneration: 4 });

    driver.ready(`replica:${revisionId}-0`, 'http://127.0.0.1:4001');
    await controller.reconcile(id);
    expect(await readReplicas(id)).toMatchObject([
      { status: 'ready', address: 'http://127.0.0.1:4001', readyAt: clock },
    ]);
    expect(await readEndpoint(id)).toMatchObject({ status: 'ready', condition: { message: '1 of 1 replica ready.' } });
  });
  it('is left alone once it is right', async () => {
    const { id } = await readyEndpoint();
    const before = await readEndpoint(id);
    expect(await controller.reconcile(id)).toMatchObject({ isChanged: false });
    expect((await readEndpoint(id)).updatedAt).toEqual(before.updatedAt);
  });
  it('says what it waits for while the cluster has no room, and starts when there is', async () => {
    driver.freeSlots = 1;
    const { id, revisionId } = await addEndpoint(world, {
      versionId: await addVersion(world, { text: 'model' }),
      slots: 2,
    });
    const { wakeAt } = await controller.reconcile(id);
    expect(wakeAt).not.toBeNull();
    expect(await readEndpoint(id)).toMatchObject({
      status: 'pending',
      condition: { message: expect.stringContaining('waits for slots') },
    });
    expect(controller.waiting()).toEqual([id]);
    const [waiting] = await readReplicas(id);
    pass(5_000);
    await controller.reconcile(id);
    // The age of the waiting counts from its beginning, and looking again changes nothing.
    expect(await readReplicas(id)).toEqual([waiting]);

    driver.freeSlots = 2;
    await controller.reconcile(id);
    expect(driver.specs.has(`replica:${revisionId}-0`)).toBe(true);
    expect(controller.waiting()).toEqual([]);
  });
  it('waits for a version that is not imported yet', async () => {
    const versionId = await addVersion(world, { text: 'model' });
    await world.deps.db.prisma.modelVersion.update({ where: { id: versionId }, data: { digest: null } });
    const { id } = await addEndpoint(world, { versionId });
    await controller.reconcile(id);
    expect((await readEndpoint(id)).condition).toMatchObject({
      message: expect.stringContaining('model version to be imported'),
    });
    expect(driver.specs.size).toBe(0);
  });
});

describe('a process that ends', () => {
  it('shows why, and is started again later each time, never at once', async () => {
    const { id, key } = await readyEndpoint();
    for (const seconds of [1, 2, 4, 8]) {
      driver.exit(key, 'the model file is truncated');
      driver.specs.clear();
      await controller.reconcile(id);
      expect(await readReplicas(id)).toMatchObject([
        { status: 'failed', address: null, condition: { message: 'the model file is truncated' } },
      ]);
      expect(await readEndpoint(id)).toMatchObject({
        status: 'failed',
        condition: { message: expect.stringContaining('the model file is truncated') },
      });
      pass(seconds * 1_000 - 1);
      await controller.reconcile(id);
      expect(driver.specs.size).toBe(0);
      pass(1);
      await controller.reconcile(id);
      expect(driver.specs.has(key)).toBe(true);
    }
    expect(await readReplicas(id)).toMatchObject([{ restarts: 4, status: 'starting' }]);
  });
  it('with a former worker is started anew, whatever its row says', async () => {
    const { id, key } = await readyEndpoint();
    await driver.close();
    driver.specs.clear();
    await controller.reconcile(id);
    expect(driver.specs.has(key)).toBe(true);
    expect(await readReplicas(id)).toMatchObject([{ status: 'starting', address: null, restarts: 0 }]);
  });
});

describe('a replica that is no longer wanted', () => {
  it('leaves the routing before its process is told to end', async () => {
    const { id, key } = await readyEndpoint();
    await change(id, { deletedAt: clock });
    const { wakeAt } = await controller.reconcile(id);
    expect(await readReplicas(id)).toMatchObject([{ status: 'scaling' }]);
    expect(driver.removals).toEqual([]);
    expect(wakeAt).toEqual(new Date(clock.getTime() + 2_000));

    pass(2_000);
    await controller.reconcile(id);
    expect(driver.removals).toEqual([{ key, graceSeconds: 30 }]);
    expect(removed).toEqual([id]);
    await controller.reconcile(id);
    expect(await readReplicas(id)).toEqual([]);
    expect(await readEndpoint(id)).toMatchObject({ status: 'cancelled', condition: { reason: 'Deleted' } });
  });
  it('goes with a retired revision while the promoted one stays', async () => {
    const { id, revisionId, key } = await readyEndpoint();
    const canary = await addRevision(world, id, {
      number: 2,
      versionId: await addVersion(world, { text: 'better' }),
      role: 'canary',
    });
    await controller.reconcile(id);
    driver.ready(`replica:${canary}-0`, 'http://127.0.0.1:4002');
    await controller.reconcile(id);
    expect(await readEndpoint(id)).toMatchObject({ status: 'ready', condition: { message: '2 of 2 replicas ready.' } });

    const { prisma } = world.deps.db;
    await prisma.revision.update({ where: { id: revisionId }, data: { role: 'retired', weightPercent: 0 } });
    await prisma.revision.update({ where: { id: canary }, data: { role: 'stable', weightPercent: 100 } });
    await controller.reconcile(id);
    pass(2_000);
    await controller.reconcile(id);
    await controller.reconcile(id);
    expect(driver.removals).toEqual([{ key, graceSeconds: 30 }]);
    expect(await readReplicas(id)).toMatchObject([{ id: `${canary}-0`, status: 'ready' }]);
  });
  it('goes when the endpoint is scaled down, the highest first', async () => {
    const { id, revisionId } = await addEndpoint(world, {
      versionId: await addVersion(world, { text: 'model' }),
      replicas: 2,
    });
    await controller.reconcile(id);
    for (const ordinal of [0, 1]) driver.ready(`replica:${revisionId}-${ordinal}`);
    await controller.reconcile(id);
    await world.deps.db.prisma.revision.update({ where: { id: revisionId }, data: { replicas: 0 } });
    await controller.reconcile(id);
    pass(2_000);
    await controller.reconcile(id);
    await controller.reconcile(id);
    expect(driver.removals).toHaveLength(2);
    expect(await readEndpoint(id)).toMatchObject({ status: 'paused' });
  });
});

describe('what people see', () => {
  it('is a warning when a grant ended and the team holds more than it is granted', async () => {
    const { id } = await readyEndpoint();
    const grants = world.deps.db.prisma.quotaGrant;
    await grants.updateMany({ data: { status: 'expired' } });
    await controller.reconcile(id);
    await grants.updateMany({ data: { status: 'ready' } });
    expect(await readEndpoint(id)).toMatchObject({
      status: 'ready',
      condition: { message: expect.stringMatching(/uses \d+ cpu slots and is granted 0/) },
    });
    expect(driver.removals).toEqual([]);
  });
  it('is a log line for each thing that happened to a replica', async () => {
    const { id, key } = await readyEndpoint();
    driver.exit(key, 'out of memory');
    await controller.reconcile(id);
    await logWriter.flush();
    const lines = await world.deps.db.prisma.logLine.findMany({ where: { ownerId: id }, orderBy: { sequence: 'asc' } });
    expect(lines.map((line) => `${line.source} ${line.stream} ${line.text}`)).toEqual([
      'rev1/0 system Starting. The endpoint asks for this replica.',
      'rev1/0 system Ready.',
      'rev1/0 system Failed: out of memory',
    ]);
  });
  it('is nothing for an endpoint that does not exist', async () => {
    expect(await controller.reconcile(randomUUID())).toEqual({ isChanged: false, wakeAt: null });
  });
});
