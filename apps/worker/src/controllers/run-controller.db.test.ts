import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { verifyAuditChain } from '@slipway/db';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createScriptedDriver, type ScriptedDriver } from '../testing/scripted-driver.ts';
import { addRun, addVersion, openWorld, TINY_BASE, type World } from '../testing/world.ts';
import { createLogWriter, type LogWriter } from './log-writer.ts';
import { createRunController, type RunController } from './run-controller.ts';
import { createRunReports, type RunReports } from './training/run-reports.ts';
import type { TrainingEventLine } from './training/training-event.ts';

let clock: Date;
let world: World;
let driver: ScriptedDriver;
let reports: RunReports;
let logWriter: LogWriter;
let controller: RunController;
let baseVersionId: string;
const now = () => clock;

beforeAll(async () => {
  world = await openWorld(now);
  baseVersionId = await addVersion(world, { path: TINY_BASE });
});
afterAll(() => world.close());
beforeEach(() => {
  clock = new Date('2026-11-21T12:00:00.000Z');
  driver = createScriptedDriver(now);
  const { db, artifacts, dataDir } = world.deps;
  reports = createRunReports({ db, log: () => {} });
  logWriter = createLogWriter({ db, log: () => {} });
  controller = newController();

  function newController(): RunController {
    const codeVersion = 'git:abc';
    const onRemoved = () => {};
    return createRunController({
      db,
      driver,
      artifacts,
      logWriter,
      reports,
      owners: new Map(),
      dataDir,
      codeVersion,
      now,
      onRemoved,
    });
  }
});
afterEach(async () => {
  reports.close();
  await logWriter.close();
});

const readRun = (id: string) => world.deps.db.prisma.trainingRun.findUniqueOrThrow({ where: { id } });
const outputOf = (id: string) => String(driver.specs.get(`run:${id}`)?.config.outputPath);
const result: TrainingEventLine = {
  type: 'result',
  outputPath: '',
  digest: '',
  sizeBytes: 1,
  finalTrainLoss: 1,
  initialValidationLoss: 3,
  finalValidationLoss: 2,
};

/** A run whose process works. */
async function runningRun(outputModel = `tuned-${randomUUID()}`): Promise<string> {
  const id = await addRun(world, { baseVersionId, outputModel, params: { epochs: 3 }, slots: 2 });
  await controller.reconcile(id);
  driver.ready(`run:${id}`);
  await controller.reconcile(id);
  return id;
}
/** The process says that it is done, leaves a file and exits. */
async function finish(id: string, write: (path: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(outputOf(id)), { recursive: true });
  await write(outputOf(id));
  reports.add(id, result, clock);
  driver.exit(`run:${id}`, null);
  await controller.reconcile(id);
  await controller.reconcile(id);
}

describe('a run', () => {
  it('is rendered from its template, base and data set', async () => {
    const id = await runningRun();
    expect(driver.specs.get(`run:${id}`)).toMatchObject({
      key: `run:${id}`,
      kind: 'job',
      program: 'train',
      config: { epochs: 3, contextTokens: 256, datasetFormat: 'text', threads: 1 },
      flavor: 'cpu',
      slots: 2,
      timeLimitSeconds: 600,
    });
    expect(await readRun(id)).toMatchObject({ status: 'running', startedAt: clock });
  });
  it('becomes the next version of its output model, with its whole lineage', async () => {
    const id = await runningRun('tuned');
    const step = { type: 'step', step: 'train', status: 'started', message: 'Training' } as const;
    reports.add(id, step, clock);
    reports.add(
      id,
      { type: 'metric', epoch: 0, iteration: 0, iterations: 10, validationLoss: 3, tokensPerSecond: null },
      clock,
    );
    reports.add(
      id,
      { type: 'metric', epoch: 1, iteration: 5, iterations: 10, trainLoss: 2.5, tokensPerSecond: 900 },
      clock,
    );
    await finish(id, (path) => copyFile(TINY_BASE, path));

    const run = await readRun(id);
    expect(run).toMatchObject({
      status: 'succeeded',
      endedAt: clock,
      progress: 1,
      trainLoss: 1,
      validationLoss: 2,
      initialValidationLoss: 3,
      tokensPerSecond: 900,
    });
    expect(run.steps).toMatchObject([
      { step: 'train', status: 'succeeded' },
      { step: 'register', status: 'succeeded', message: 'Registered as vision/tuned:1.' },
    ]);
    const { prisma } = world.deps.db;
    expect(await prisma.runMetric.findMany({ where: { runId: id }, orderBy: { sequence: 'asc' } })).toMatchObject([
      { sequence: 0, iteration: 0, trainLoss: null, validationLoss: 3 },
      { sequence: 1, iteration: 5, trainLoss: 2.5, validationLoss: null },
    ]);
    const version = await prisma.modelVersion.findUniqueOrThrow({
      where: { id: run.outputVersionId ?? '' },
      include: { model: true },
    });
    const base = await prisma.modelVersion.findUniqueOrThrow({
      where: { id: baseVersionId },
      include: { model: true },
    });
    const dataset = await prisma.dataset.findFirstOrThrow();
    expect(version).toMatchObject({
      version: 1,
      status: 'ready',
      digest: base.digest,
      licence: 'Apache-2.0',
      sourceKind: 'run',
      runId: id,
      model: { name: 'tuned', teamId: world.teamId },
      metadata: { architecture: 'llama', quantisation: 'F32' },
      lineage: {
        runId: id,
        runName: run.name,
        baseVersionId,
        baseLabel: `vision/${base.model.name}:1`,
        datasetId: dataset.id,
        datasetName: 'sample',
        datasetDigest: dataset.digest,
        templateId: 'fine-tune-small-lm',
        templateVersion: '1.0.0',
        params: { epochs: 3 },
        codeVersion: 'git:abc',
      },
    });
    expect(await prisma.auditEntry.findMany({ where: { targetId: id } })).toMatchObject([
      { action: 'training.finishRun', targetId: id, detail: { version: 'vision/tuned:1' } },
    ]);
    expect(await verifyAuditChain(world.deps.db)).toMatchObject({ isIntact: true });
    expect(existsSync(dirname(outputOf(id)))).toBe(false);
    expect(await driver.list()).toEqual([]);
  });
  it('that makes the bytes of an existing version again ends in that version', async () => {
    const first = await runningRun('twice');
    await finish(first, (path) => copyFile(TINY_BASE, path));
    const second = await runningRun('twice');
    await finish(second, (path) => copyFile(TINY_BASE, path));
    expect((await readRun(second)).status).toBe('succeeded');
    expect((await readRun(second)).outputVersionId).toBe((await readRun(first)).outputVersionId);
  });
  it("fails with the program's reason", async () => {
    const id = await runningRun();
    driver.exit(`run:${id}`, 'The data set has fewer than 512 tokens.');
    await controller.reconcile(id);
    expect(await readRun(id)).toMatchObject({
      status: 'failed',
      condition: { message: 'The data set has fewer than 512 tokens.' },
      outputVersionId: null,
    });
  });
  it.each([
    { title: 'no file', write: async () => {}, reason: 'ENOENT' },
    {
      title: 'a file that is no model',
      write: (path: string) => writeFile(path, 'x'.repeat(100)),
      reason: 'not a sound model',
    },
  ])('that leaves $title behind fails and says so', async ({ write, reason }) => {
    const id = await runningRun();
    await finish(id, write);
    expect(await readRun(id)).toMatchObject({
      status: 'failed',
      condition: { message: expect.stringContaining(reason) },
    });
    expect(await world.deps.db.prisma.modelVersion.count({ where: { runId: id } })).toBe(0);
  });
  it('that is cancelled ends within its second of grace', async () => {
    const id = await runningRun();
    await world.deps.db.prisma.trainingRun.update({ where: { id }, data: { cancelRequestedAt: clock } });
    await controller.reconcile(id);
    expect(driver.removals).toEqual([{ key: `run:${id}`, graceSeconds: 1 }]);
    await controller.reconcile(id);
    expect(await readRun(id)).toMatchObject({ status: 'cancelled', endedAt: clock });
  });
  it('that is cancelled before it began never starts', async () => {
    const id = await addRun(world, { baseVersionId });
    await world.deps.db.prisma.trainingRun.update({ where: { id }, data: { cancelRequestedAt: clock } });
    await controller.reconcile(id);
    expect(await readRun(id)).toMatchObject({ status: 'cancelled' });
    expect(driver.specs.size).toBe(0);
  });
  it('ends at its time limit', async () => {
    const id = await runningRun();
    clock = new Date(clock.getTime() + 10 * 60_000);
    await controller.reconcile(id);
    await controller.reconcile(id);
    expect(await readRun(id)).toMatchObject({ status: 'failed', condition: { reason: 'TimeLimit' } });
    expect(driver.removals).toHaveLength(1);
  });
  it('whose worker went away fails in words instead of running for ever', async () => {
    const id = await runningRun();
    await driver.close();
    await controller.reconcile(id);
    expect(await readRun(id)).toMatchObject({ status: 'failed', condition: { reason: 'Interrupted' } });
  });
  it('waits for slots in words, without using up its time', async () => {
    driver.freeSlots = 0;
    const id = await addRun(world, { baseVersionId });
    await controller.reconcile(id);
    expect(await readRun(id)).toMatchObject({
      status: 'pending',
      startedAt: null,
      condition: { message: expect.stringContaining('waits for slots') },
    });
    expect(controller.waiting()).toEqual([id]);
    driver.freeSlots = 8;
    await controller.reconcile(id);
    expect(await readRun(id)).toMatchObject({ status: 'starting', startedAt: clock });
  });
});
