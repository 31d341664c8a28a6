import type { TeamRecord } from '@slipway/db';
import type { Actor } from '@slipway/domain/access';
import { servingContract } from '@slipway/domain/serving';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestPlatform, type TestPlatform } from '../testing/index.ts';
import { addReadyVersion, grantSlots, jobsOf } from '../testing/models.ts';
import * as serving from './index.ts';

const NOW = new Date('2026-03-01T12:00:00Z');

describe('endpoints', () => {
  let platform: TestPlatform;
  let team: TeamRecord;
  let ada: Actor;
  let version: { id: string; label: string };

  beforeEach(async () => {
    platform = await openTestPlatform(NOW);
    team = await platform.createTeam('vision');
    ada = await platform.createPerson('ada', { teams: { vision: 'team_member' } });
    version = await addReadyVersion(platform, team);
    await grantSlots(platform, team, 3);
  });
  afterEach(() => platform.close());

  function deploy(more: Record<string, unknown> = {}) {
    const input = servingContract.deployEndpoint.input.parse({
      team: 'vision',
      name: 'chat',
      versionId: version.id,
      contextTokens: 512,
      ...more,
    });
    return serving.deployEndpoint(platform.deps, ada, input);
  }
  const get = (endpoint = 'chat', of = 'vision') => serving.getEndpoint(platform.deps, ada, { team: of, endpoint });
  const audit = async () =>
    (await platform.db.prisma.auditEntry.findMany({ where: { targetKind: 'endpoint' } })).map((e) => e.action);

  it('deploys one stable revision with all traffic, a job and an audit entry', async () => {
    const view = await deploy({ replicas: 2 });
    expect(servingContract.deployEndpoint.output.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      name: 'chat',
      modelId: 'vision/chat',
      status: 'pending',
      slots: 2,
      desiredReplicas: 2,
      costMicrosPerHour: 40_000,
      stable: { number: 1, role: 'stable', weightPercent: 100, versionLabel: 'vision/tiny:1' },
      canary: null,
    });
    expect(await jobsOf(platform, 'endpoint')).toEqual([view.id]);
    expect(await audit()).toEqual(['serving.deployEndpoint']);
    expect(servingContract.getEndpoint.output.parse(await get()).baseUrl).toBe('http://127.0.0.1:8080/v1');
  });

  it.each([
    ['without the blanks around it', { systemMessage: '  Be kind.\n' }, 'Be kind.'],
    ['as none where it is empty', { systemMessage: '  ' }, null],
    ['as none where it is left out', {}, null],
  ])('keeps the system message %s', async (_name, input, expected) => {
    await deploy(input);
    expect((await get()).stable?.systemMessage).toBe(expected);
  });

  it.each([
    ['of more than 4,000 characters', 'a'.repeat(4_001)],
    ['with a character that the database cannot hold', 'a\0b'],
  ])('refuses a system message %s', (_name, systemMessage) => {
    const input = { team: 'vision', name: 'chat', versionId: version.id, systemMessage };
    const issues = servingContract.deployEndpoint.input.safeParse(input).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toEqual(['systemMessage']);
  });

  it('gives at most the context that the model was trained for', async () => {
    const view = await deploy({ contextTokens: 8_000 });
    expect(view.stable?.contextTokens).toBe(1_024);
  });

  it('refuses what is beyond quota with what is used, granted, needed and how to ask', async () => {
    await deploy({ replicas: 2 });
    const refused = deploy({ name: 'more', replicas: 2 });
    await expect(refused).rejects.toMatchObject({ code: 'conflict' });
    await expect(refused).rejects.toThrow(
      'Team vision uses 2 of 3 granted cpu slots; this needs 2 more. Request quota at /teams/vision/quota or with `slipway quota request`.',
    );
    expect(await platform.db.prisma.endpoint.count()).toBe(1);
    expect(await jobsOf(platform, 'endpoint')).toHaveLength(1);
  });

  it('lets only one of two deployments at the same moment have the last slots', async () => {
    const both = await Promise.allSettled([deploy({ name: 'one', replicas: 2 }), deploy({ name: 'two', replicas: 2 })]);
    expect(both.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('refuses a name that is taken, a version that is not ready or not shared, and an unknown template', async () => {
    await deploy();
    await expect(deploy()).rejects.toThrow('An endpoint named chat exists already');
    await platform.db.prisma.modelVersion.update({ where: { id: version.id }, data: { status: 'failed' } });
    await expect(deploy({ name: 'other' })).rejects.toThrow(
      'vision/tiny:1 is failed: only a ready version can be deployed.',
    );
    const foreign = await addReadyVersion(platform, await platform.createTeam('speech'));
    await expect(deploy({ name: 'other', versionId: foreign.id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(deploy({ name: 'other', template: 'fine-tune-small-lm' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await expect(deploy({ name: 'other', flavor: 'h100' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('scales within quota and not beyond, and holds no slots at 0', async () => {
    await deploy();
    const scale = (replicas: number) =>
      serving.scaleEndpoint(platform.deps, ada, { team: 'vision', endpoint: 'chat', replicas });
    expect(await scale(3)).toMatchObject({ status: 'scaling', slots: 3, generation: 2 });
    await expect(scale(4)).rejects.toThrow('uses 3 of 3 granted cpu slots; this needs 1 more');
    expect(await scale(0)).toMatchObject({ slots: 0, costMicrosPerHour: 0 });
    expect(await scale(0)).toMatchObject({ generation: 3 });
    expect(await audit()).toEqual(['serving.deployEndpoint', 'serving.scaleEndpoint', 'serving.scaleEndpoint']);
    const { items } = await serving.listEndpointEvents(platform.deps, ada, {
      team: 'vision',
      endpoint: 'chat',
      limit: 10,
    });
    expect(items.map((event) => event.message)).toEqual([
      'Scaled from 3 to 0 replica(s).',
      'Scaled from 1 to 3 replica(s).',
      'Deployed vision/tiny:1 with 1 replica(s).',
    ]);
  });

  it('deletes after its name is repeated, and frees the name and the slots at once', async () => {
    const { id } = await deploy({ replicas: 3 });
    const remove = (confirm: string) =>
      serving.deleteEndpoint(platform.deps, ada, { team: 'vision', endpoint: 'chat', confirm });
    await expect(remove('chatt')).rejects.toMatchObject({ code: 'invalid_input', field: 'confirm' });
    await remove('chat');
    await expect(get()).rejects.toMatchObject({ code: 'not_found' });
    const again = await deploy({ replicas: 3 });
    expect(again.id).not.toBe(id);
  });

  it('shows endpoints shared with everybody to other teams, who cannot change them', async () => {
    await deploy({ name: 'shared', visibility: 'organisation' });
    await deploy({ name: 'private' });
    await platform.createTeam('speech');
    const bob = await platform.createPerson('bob', { teams: { speech: 'team_member' } });
    const { items } = await serving.listEndpoints(platform.deps, bob, { team: 'speech' });
    expect(items.map((endpoint) => endpoint.modelId)).toEqual(['vision/shared']);
    expect((await get('shared', 'speech')).team).toBe('vision');
    await expect(get('private', 'speech')).rejects.toMatchObject({ code: 'not_found' });
    const input = { team: 'speech', endpoint: 'shared' };
    await expect(serving.scaleEndpoint(platform.deps, bob, { ...input, replicas: 0 })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(serving.deleteEndpoint(platform.deps, bob, { ...input, confirm: 'shared' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('says before the launch what it needs and costs, as far as it is chosen', async () => {
    const nothing = await serving.preflightEndpoint(platform.deps, ada, { team: 'vision' });
    expect(nothing.isLaunchable).toBe(false);
    const input = {
      team: 'vision',
      name: 'chat',
      versionId: version.id,
      replicas: 2,
      contextTokens: 512,
      maxConcurrency: 8,
    };
    const good = await serving.preflightEndpoint(platform.deps, ada, input);
    expect(servingContract.preflightEndpoint.output.parse(good)).toMatchObject({
      isLaunchable: true,
      slots: 2,
      costMicrosPerHour: 40_000,
    });
    expect(good.memoryBytes).toBe(2 * (3_700_000 + 200 * 1024 * 1024 + 1_024 * 512 * 8));
    const many = await serving.preflightEndpoint(platform.deps, ada, { ...input, replicas: 9 });
    expect(many.checks.filter((check) => check.result === 'failed').map((check) => check.name)).toEqual(['quota']);
    const foreign = await serving.preflightEndpoint(platform.deps, ada, {
      ...input,
      versionId: 'absent',
      flavor: 'h100',
    });
    expect(foreign.checks.slice(0, 2).map((check) => check.name)).toEqual(['version', 'flavor']);
    expect(foreign.isLaunchable).toBe(false);
  });

  it('reads traffic in buckets: empty ones have no times', async () => {
    const { id, stable } = await deploy();
    await addUsage(id, stable?.id ?? '', [
      { at: '11:58:05', ttftMs: 100, durationMs: 1_000 },
      { at: '11:58:20', ttftMs: 300, durationMs: 3_000, status: 'failed' },
      { at: '11:40:00', ttftMs: null, durationMs: 500, status: 'cancelled' },
      { at: '10:00:00', ttftMs: 1, durationMs: 1 },
    ]);
    const metrics = await serving.getEndpointMetrics(platform.deps, ada, {
      team: 'vision',
      endpoint: 'chat',
      rangeMinutes: 60,
    });
    expect(metrics.bucketSeconds).toBe(30);
    expect(metrics.items).toHaveLength(120);
    expect(servingContract.getEndpointMetrics.output.safeParse(metrics).success).toBe(true);
    const filled = metrics.items.filter((item) => item.requests > 0);
    expect(filled).toEqual([
      {
        at: '2026-03-01T11:40:00.000Z',
        requests: 1,
        errors: 0,
        promptTokens: 10,
        completionTokens: 20,
        ttftP50Ms: null,
        ttftP95Ms: null,
        latencyP50Ms: 500,
        latencyP95Ms: 500,
      },
      {
        at: '2026-03-01T11:58:00.000Z',
        requests: 2,
        errors: 1,
        promptTokens: 20,
        completionTokens: 40,
        ttftP50Ms: 200,
        ttftP95Ms: 290,
        latencyP50Ms: 2_000,
        latencyP95Ms: 2_900,
      },
    ]);
    expect(metrics.items.find((item) => item.requests === 0)).toMatchObject({ latencyP50Ms: null });
  });

  it('reads log lines after a sequence number', async () => {
    const { id } = await deploy();
    const line = { ownerKind: 'endpoint', ownerId: id, at: NOW, stream: 'stdout', source: 'replica 0' };
    await platform.db.prisma.logLine.createMany({ data: ['a', 'b', 'c'].map((text) => ({ ...line, text })) });
    await platform.db.prisma.logLine.create({ data: { ...line, ownerId: 'other', text: 'x' } });
    const read = (after: number) =>
      serving.getEndpointLogs(platform.deps, ada, { team: 'vision', endpoint: 'chat', after, limit: 2 });
    const first = await read(0);
    expect(first.items.map((item) => item.text)).toEqual(['a', 'b']);
    expect((await read(first.items[1]?.sequence ?? 0)).items.map((item) => item.text)).toEqual(['c']);
  });

  async function addUsage(
    endpointId: string,
    revisionId: string,
    requests: { at: string; ttftMs: number | null; durationMs: number; status?: string }[],
  ): Promise<void> {
    await platform.db.prisma.usageRecord.createMany({
      data: requests.map(({ at, ttftMs, durationMs, status = 'succeeded' }, i) => ({
        requestId: `request-${i}`,
        at: new Date(`2026-03-01T${at}Z`),
        teamId: team.id,
        teamSlug: 'vision',
        endpointId,
        endpointName: 'chat',
        endpointTeamSlug: 'vision',
        revisionId,
        revisionNumber: 1,
        versionId: version.id,
        versionLabel: version.label,
        apiKeyId: 'key',
        caller: 'ada',
        status,
        httpStatus: 200,
        promptTokens: 10,
        cachedTokens: 0,
        completionTokens: 20,
        ttftMs,
        durationMs,
        promptPriceMicros: 1n,
        completionPriceMicros: 1n,
        costPicos: 30n,
      })),
    });
  }
});
