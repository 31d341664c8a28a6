import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TeamRecord } from '@slipway/db';
import type { Actor } from '@slipway/domain/access';
import { trainingContract } from '@slipway/domain/training';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestPlatform, type TestPlatform } from '../testing/index.ts';
import { addReadyVersion, grantSlots, jobsOf } from '../testing/models.ts';
import * as training from './index.ts';

const PROSE = 'The quick brown fox jumps over the lazy dog.\n'.repeat(200);

describe('data sets and runs', () => {
  let platform: TestPlatform;
  let team: TeamRecord;
  let ada: Actor;

  beforeEach(async () => {
    platform = await openTestPlatform();
    team = await platform.createTeam('vision');
    ada = await platform.createPerson('ada', { teams: { vision: 'team_member' } });
    await grantSlots(platform, team, 2);
  });
  afterEach(() => platform.close());

  const create = (name: string, text: string) =>
    training.createDataset(platform.deps, ada, { team: 'vision', name, source: { kind: 'text', text } });
  async function launchInput(more: Record<string, unknown> = {}) {
    const base = await addReadyVersion(platform, team);
    const dataset = await create('prose', PROSE);
    return trainingContract.launchTraining.input.parse({
      team: 'vision',
      name: 'first-run',
      template: 'fine-tune-small-lm',
      baseVersionId: base.id,
      datasetId: dataset.id,
      outputModel: 'tiny-prose',
      params: { epochs: 3 },
      ...more,
    });
  }

  describe('a data set', () => {
    it('keeps its bytes by digest and shows its first lines', async () => {
      const view = await create('prose', PROSE);
      expect(trainingContract.createDataset.output.parse(view)).toMatchObject({
        format: 'text',
        lineCount: 200,
        sizeBytes: PROSE.length,
        createdBy: ada.email,
      });
      expect(await platform.deps.artifacts.has(view.digest)).toBe(true);
      const full = await training.getDataset(platform.deps, ada, { team: 'vision', datasetId: view.id });
      expect(full.preview).toHaveLength(20);
      expect((await training.listDatasets(platform.deps, ada, { team: 'vision', search: 'PRO' })).items).toHaveLength(
        1,
      );
    });

    it('is the same one for the same name and bytes, and refuses other bytes under its name', async () => {
      const first = await create('prose', PROSE);
      expect((await create('prose', PROSE)).id).toBe(first.id);
      await expect(create('prose', 'something else')).rejects.toThrow('exists with other content');
    });

    it('comes from an upload, which is then gone', async () => {
      const id = randomUUID();
      mkdirSync(join(platform.deps.dataDir, 'uploads'));
      const file = join(platform.deps.dataDir, 'uploads', id);
      writeFileSync(file, '{"text":"one"}\n{"messages":[{"role":"user","content":"hi"}]}\n');
      await platform.db.prisma.upload.create({
        data: {
          id,
          teamId: team.id,
          userId: ada.userId,
          purpose: 'dataset',
          fileName: 'data.jsonl',
          sizeBytes: 1n,
          completedAt: platform.deps.now(),
        },
      });
      const source = { kind: 'upload', uploadId: id } as const;
      const view = await training.createDataset(platform.deps, ada, { team: 'vision', name: 'chats', source });
      expect(view).toMatchObject({ format: 'jsonl', lineCount: 2 });
      expect(existsSync(file)).toBe(false);
      expect(await platform.db.prisma.upload.count()).toBe(0);
    });

    it('refuses wrong lines by their numbers and keeps nothing', async () => {
      const wrong = '{"text":"one"}\n{"text":2}\nnot json\n';
      await expect(create('wrong', wrong)).rejects.toThrow(
        'Line 2 has a "text" that is no string. Line 3 is not JSON.',
      );
      expect(existsSync(join(platform.deps.dataDir, 'artifacts/sha256'))).toBe(false);
    });
  });

  describe('a run', () => {
    it('is queued with the template’s defaults filled in', async () => {
      const view = await training.launchTraining(platform.deps, ada, await launchInput());
      expect(trainingContract.launchTraining.output.parse(view)).toMatchObject({
        name: 'first-run',
        status: 'pending',
        baseLabel: 'vision/tiny:1',
        datasetName: 'prose',
        params: { epochs: 3, learningRate: 0.001, contextTokens: 256 },
        costMicros: 0,
      });
      expect(await jobsOf(platform, 'run')).toEqual([view.id]);
      const run = await training.getRun(platform.deps, ada, { team: 'vision', runId: view.id });
      expect(run.steps.map((step) => step.status)).toEqual(Array(6).fill('pending'));
      const audit = await platform.db.prisma.auditEntry.findFirstOrThrow({ where: { targetId: view.id } });
      expect(audit.action).toBe('training.launchTraining');
    });

    it('holds quota until it is over, and is refused beyond it', async () => {
      const input = await launchInput({ slots: 2 });
      const first = await training.launchTraining(platform.deps, ada, input);
      const second = { ...input, name: 'second-run' };
      await expect(training.launchTraining(platform.deps, ada, second)).rejects.toThrow(
        'Team vision uses 2 of 2 granted cpu slots; this needs 2 more.',
      );
      await platform.db.prisma.trainingRun.update({ where: { id: first.id }, data: { status: 'succeeded' } });
      await training.launchTraining(platform.deps, ada, second);
    });

    it('refuses a name twice, parameters outside the schema, and what is not the team’s', async () => {
      const input = await launchInput();
      await training.launchTraining(platform.deps, ada, input);
      await expect(training.launchTraining(platform.deps, ada, input)).rejects.toThrow(
        'A run named first-run exists already',
      );
      const other = { ...input, name: 'other' };
      const launch = (more: object) => training.launchTraining(platform.deps, ada, { ...other, ...more });
      await expect(launch({ params: { epochs: 99 } })).rejects.toMatchObject({
        code: 'invalid_input',
        field: 'params',
      });
      await expect(launch({ params: { surprise: 1 } })).rejects.toMatchObject({ code: 'invalid_input' });
      await expect(launch({ template: 'llm-endpoint' })).rejects.toMatchObject({ code: 'invalid_input' });
      await expect(launch({ datasetId: 'absent' })).rejects.toMatchObject({ code: 'not_found' });
      const speech = await platform.createTeam('speech');
      const foreign = await addReadyVersion(platform, speech);
      await expect(launch({ baseVersionId: foreign.id })).rejects.toMatchObject({ code: 'not_found' });
      expect(await platform.db.prisma.trainingRun.count()).toBe(1);
    });

    it('is asked to end once, and not after its end', async () => {
      const { id } = await training.launchTraining(platform.deps, ada, await launchInput());
      const cancel = () => training.cancelRun(platform.deps, ada, { team: 'vision', runId: id, reason: 'too slow' });
      expect((await cancel()).condition?.message).toBe('Cancelled by ada@example.com: too slow.');
      expect(
        (await platform.db.prisma.trainingRun.findUniqueOrThrow({ where: { id } })).cancelRequestedAt,
      ).not.toBeNull();
      await platform.db.prisma.trainingRun.update({ where: { id }, data: { status: 'cancelled' } });
      await expect(cancel()).rejects.toThrow('first-run has ended already: it is cancelled.');
    });

    it('is not found by another team', async () => {
      const { id } = await training.launchTraining(platform.deps, ada, await launchInput());
      await platform.createTeam('speech');
      const read = training.getRun(platform.deps, ada, { team: 'speech', runId: id });
      await expect(read).rejects.toMatchObject({ code: 'not_found' });
    });

    it('shows its curve, its cost from the ledger and what it made', async () => {
      const input = await launchInput();
      const { id } = await training.launchTraining(platform.deps, ada, input);
      const output = await addReadyVersion(platform, team, { model: 'tiny-prose' });
      const { prisma } = platform.db;
      await prisma.trainingRun.update({ where: { id }, data: { status: 'succeeded', outputVersionId: output.id } });
      const at = platform.deps.now();
      await prisma.runMetric.createMany({
        data: [2, 1].map((sequence) => ({
          runId: id,
          sequence,
          at,
          epoch: 0.5,
          iteration: sequence,
          trainLoss: 4 - sequence,
        })),
      });
      const slot = {
        ownerKind: 'run',
        ownerId: id,
        teamId: team.id,
        teamSlug: 'vision',
        flavorName: 'cpu',
        slots: 1,
        endAt: at,
      };
      const cost = { slotMillis: 1n, priceMicros: 20_000n, costPicos: 1_500_000n };
      const times = [new Date(at.getTime() - 2_000), new Date(at.getTime() - 1_000)];
      await prisma.slotRecord.createMany({
        data: times.map((startAt) => ({ id: randomUUID(), ...slot, ...cost, startAt })),
      });
      const run = await training.getRun(platform.deps, ada, { team: 'vision', runId: id });
      expect(run).toMatchObject({ costMicros: 3, outputLabel: 'vision/tiny-prose:1' });
      const metrics = await training.getRunMetrics(platform.deps, ada, { team: 'vision', runId: id });
      expect(metrics.items.map((item) => [item.sequence, item.trainLoss, item.validationLoss])).toEqual([
        [1, 3, null],
        [2, 2, null],
      ]);
    });

    it('is listed newest first, in pages', async () => {
      const input = await launchInput();
      const start = platform.deps.now().getTime();
      for (const [index, name] of ['run-a', 'run-b', 'run-c'].entries()) {
        platform.setNow(new Date(start + index * 1_000));
        const { id } = await training.launchTraining(platform.deps, ada, { ...input, name });
        await platform.db.prisma.trainingRun.update({ where: { id }, data: { status: 'failed' } });
      }
      const list = (more: object) => training.listRuns(platform.deps, ada, { team: 'vision', limit: 2, ...more });
      const first = await list({});
      expect(first.items.map((run) => run.name)).toEqual(['run-c', 'run-b']);
      const second = await list({ cursor: first.nextCursor ?? undefined });
      expect(second).toMatchObject({ items: [{ name: 'run-a' }], nextCursor: null });
      expect((await list({ search: 'RUN-B' })).items.map((run) => run.name)).toEqual(['run-b']);
      expect((await list({ status: 'pending' })).items).toEqual([]);
    });

    it('says before the launch what it needs, takes and costs', async () => {
      const input = await launchInput();
      const empty = await training.preflightTraining(platform.deps, ada, { team: 'vision' });
      expect(empty).toMatchObject({ isLaunchable: false, estimatedSeconds: null });
      const good = await training.preflightTraining(platform.deps, ada, input);
      expect(trainingContract.preflightTraining.output.parse(good)).toMatchObject({
        isLaunchable: true,
        slots: 1,
        costMicrosPerHour: 20_000,
      });
      expect(good.estimatedSeconds).toBeGreaterThan(0);
      expect(good.creates).toEqual(['a version of model tiny-prose']);
      const bad = await training.preflightTraining(platform.deps, ada, { ...input, slots: 3, params: { epochs: 0 } });
      expect(bad.checks.filter((check) => check.result === 'failed').map((check) => check.name)).toEqual([
        'params',
        'quota',
      ]);
    });
  });
});
