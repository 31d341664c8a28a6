import { type ChangeEvent, listen, type TeamRecord, verifyAuditChain } from '@slipway/db';
import type { Actor } from '@slipway/domain/access';
import { rolloutContract } from '@slipway/domain/rollout';
import { servingContract } from '@slipway/domain/serving';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deployEndpoint, getEndpoint, scaleEndpoint } from '../serving/index.ts';
import { openTestPlatform, type TestPlatform } from '../testing/index.ts';
import { addReadyVersion, grantSlots, jobsOf } from '../testing/models.ts';
import * as rollouts from './index.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const ADDRESS = { team: 'vision', endpoint: 'chat' };

describe('canaries', () => {
  let platform: TestPlatform;
  let team: TeamRecord;
  let ada: Actor;
  let first: { id: string };
  let second: { id: string };
  let endpointId = '';

  beforeEach(async () => {
    platform = await openTestPlatform(NOW);
    team = await platform.createTeam('vision');
    ada = await platform.createPerson('ada', { teams: { vision: 'team_member' } });
    first = await addReadyVersion(platform, team);
    second = await addReadyVersion(platform, team);
    await grantSlots(platform, team, 4);
    const input = servingContract.deployEndpoint.input.parse({
      team: 'vision',
      name: 'chat',
      versionId: first.id,
      replicas: 2,
      systemMessage: 'Be kind.',
    });
    endpointId = (await deployEndpoint(platform.deps, ada, input)).id;
  });
  afterEach(() => platform.close());

  const start = (more: { versionId?: string; percent?: number; replicas?: number; systemMessage?: string } = {}) =>
    rollouts.startCanary(platform.deps, ada, { ...ADDRESS, versionId: second.id, percent: 10, replicas: 1, ...more });
  const read = () => getEndpoint(platform.deps, ada, ADDRESS);
  const shares = async () =>
    (await read()).revisions.map((r) => `${r.number} ${r.role} ${r.weightPercent} % x ${r.desiredReplicas}`);
  async function makeReady(revisionId: string): Promise<void> {
    const replica = { id: `${revisionId}-0`, endpointId, revisionId, ordinal: 0, status: 'ready' };
    await platform.db.prisma.replica.create({ data: replica });
  }

  it('is promoted or rolled back, never both: of two at once one is told so, and the trail holds', async () => {
    const { canary } = await start();
    if (canary === null) throw new Error('there is no canary');
    await makeReady(canary.id);
    const both = await Promise.allSettled([
      rollouts.promoteCanary(platform.deps, ada, ADDRESS),
      rollouts.rollbackCanary(platform.deps, ada, ADDRESS),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({
      code: 'conflict',
      message: 'No canary is running on this endpoint.',
    });
    expect(await verifyAuditChain(platform.db)).toMatchObject({ isIntact: true });
  });

  it.each([
    ['a shared endpoint is told to everybody', 'organisation', null],
    ['a team’s own is told to the team', 'team', 'team'],
  ])('change of %s', async (_, visibility, audience) => {
    await platform.db.prisma.endpoint.update({ where: { id: endpointId }, data: { visibility } });
    const events: ChangeEvent[] = [];
    const connection = await listen(platform.db.url, (event) => events.push(event));
    await start();
    await expect.poll(() => events.filter((event) => event.noun === 'serving')).not.toEqual([]);
    await connection.close();
    const told = events.filter((event) => event.noun === 'serving');
    expect(told).toEqual([{ noun: 'serving', id: endpointId, teamId: audience === null ? null : team.id }]);
  });

  it('puts a version beside the stable one, and wakes controller and gateways', async () => {
    const view = await start();
    expect(rolloutContract.startCanary.output.parse(view)).toMatchObject({
      status: 'running',
      percent: 10,
      startedBy: ada.email,
    });
    expect(view.canary).toMatchObject({
      versionLabel: 'vision/tiny:2',
      contextTokens: 1_024,
      stats: { requests: 0, errorRate: null },
    });
    expect(await shares()).toEqual(['2 canary 10 % x 1', '1 stable 90 % x 2']);
    expect(await jobsOf(platform, 'endpoint')).toEqual([endpointId]);
    expect(await read()).toMatchObject({ generation: 2, slots: 3 });
  });

  it.each([
    ["the stable revision's system message", {}, 'Be kind.'],
    ['a system message of its own where it is given one', { systemMessage: 'Be brief.' }, 'Be brief.'],
    ['no system message where it is given an empty one', { systemMessage: '' }, null],
  ])('gives the canary %s', async (_name, input, expected) => {
    const { stable, canary } = await start(input);
    expect([stable.systemMessage, canary.systemMessage]).toEqual(['Be kind.', expected]);
  });

  it('shifts the shares, which always add up to 100', async () => {
    await start();
    for (const percent of [0, 25, 50, 100]) {
      await rollouts.setCanaryPercent(platform.deps, ada, { ...ADDRESS, percent });
      expect(await shares()).toEqual([`2 canary ${percent} % x 1`, `1 stable ${100 - percent} % x 2`]);
    }
  });

  it('refuses to promote a canary that cannot answer, and promotes one that can', async () => {
    const { canary } = await start();
    const promote = () => rollouts.promoteCanary(platform.deps, ada, { ...ADDRESS, comment: 'better' });
    await expect(promote()).rejects.toThrow('The canary has no ready replica');
    await makeReady(canary.id);
    expect(await promote()).toMatchObject({ status: 'succeeded', reason: 'better', endedBy: ada.email });
    expect(await shares()).toEqual(['2 stable 100 % x 2', '1 retired 0 % x 0']);
    const { rollout, history } = await rollouts.getRollout(platform.deps, ada, ADDRESS);
    expect(rollout).toBeNull();
    expect(history).toMatchObject([
      { status: 'succeeded', stableLabel: 'vision/tiny:1', canaryLabel: 'vision/tiny:2' },
    ]);
  });

  it('rolls back to the stable revision alone, and can start anew', async () => {
    await start();
    expect(await rollouts.rollbackCanary(platform.deps, ada, ADDRESS)).toMatchObject({
      status: 'cancelled',
      percent: 0,
    });
    expect(await shares()).toEqual(['2 retired 0 % x 0', '1 stable 100 % x 2']);
    await start();
    expect(await shares()).toEqual(['3 canary 10 % x 1', '2 retired 0 % x 0', '1 stable 90 % x 2']);
  });

  it('compares both revisions by the requests since the rollout began', async () => {
    const before = await read();
    await addUsage(before.stable?.id ?? '', { at: '11:59:00', durationMs: 9_999 });
    const { canary, stable } = await start();
    await addUsage(stable.id, { at: '12:00:10', durationMs: 1_000 });
    await addUsage(canary.id, { at: '12:00:11', durationMs: 2_000 });
    await addUsage(canary.id, { at: '12:00:12', durationMs: 4_000, status: 'failed' });
    const { rollout } = await rollouts.getRollout(platform.deps, ada, ADDRESS);
    expect(rolloutContract.getRollout.output.shape.rollout.parse(rollout)).not.toBeNull();
    expect(rollout?.stable.stats).toMatchObject({ requests: 1, errors: 0, errorRate: 0, latencyP50Ms: 1_000 });
    expect(rollout?.canary.stats).toMatchObject({
      requests: 2,
      errors: 1,
      errorRate: 0.5,
      latencyP50Ms: 3_000,
      completionTokens: 60,
      tokensPerSecond: 10,
    });
  });

  it('refuses a second canary, the same version, a version for another task, what is beyond quota, and a paused endpoint', async () => {
    await expect(start({ versionId: first.id })).rejects.toThrow('vision/tiny:1 is what the endpoint serves already.');
    const bert = await addReadyVersion(platform, team, { metadata: { architecture: 'bert' } });
    await expect(start({ versionId: bert.id })).rejects.toThrow('the other gives embeddings');
    await expect(start({ replicas: 3 })).rejects.toThrow('uses 2 of 4 granted cpu slots; this needs 3 more');
    await start();
    await expect(start()).rejects.toThrow('A canary with vision/tiny:2 is running');
    await expect(scaleEndpoint(platform.deps, ada, { ...ADDRESS, replicas: 0 })).rejects.toThrow('A canary is running');
    await rollouts.rollbackCanary(platform.deps, ada, ADDRESS);
    await scaleEndpoint(platform.deps, ada, { ...ADDRESS, replicas: 0 });
    await expect(start()).rejects.toThrow('The endpoint is scaled to 0');
  });

  it('says so when no canary is running', async () => {
    const none = 'No canary is running on this endpoint.';
    await expect(rollouts.promoteCanary(platform.deps, ada, ADDRESS)).rejects.toThrow(none);
    await expect(rollouts.rollbackCanary(platform.deps, ada, ADDRESS)).rejects.toThrow(none);
    await expect(rollouts.setCanaryPercent(platform.deps, ada, { ...ADDRESS, percent: 5 })).rejects.toThrow(none);
  });

  async function addUsage(
    revisionId: string,
    request: { at: string; durationMs: number; status?: string },
  ): Promise<void> {
    const at = new Date(`2026-03-01T${request.at}Z`);
    await platform.db.prisma.usageRecord.create({
      data: {
        requestId: `${revisionId}-${request.at}`,
        at,
        teamId: team.id,
        teamSlug: 'vision',
        endpointId,
        endpointName: 'chat',
        endpointTeamSlug: 'vision',
        revisionId,
        revisionNumber: 1,
        versionId: first.id,
        versionLabel: 'vision/tiny:1',
        apiKeyId: 'key',
        caller: 'ada',
        status: request.status ?? 'succeeded',
        httpStatus: 200,
        promptTokens: 10,
        cachedTokens: 0,
        completionTokens: 30,
        ttftMs: 100,
        durationMs: request.durationMs,
        promptPriceMicros: 1n,
        completionPriceMicros: 1n,
        costPicos: 40n,
      },
    });
  }
});
