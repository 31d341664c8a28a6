import { randomUUID } from 'node:crypto';
import type { Actor } from '@slipway/domain/access';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerCluster } from '../catalog/index.ts';
import { openTestPlatform, type TestPlatform } from '../testing/index.ts';
import {
  approveQuotaRequest,
  cancelQuotaRequest,
  expireGrant,
  getQuotaRequest,
  getTeamQuota,
  listQuotaRequests,
  listTeamQuotaRequests,
  rejectQuotaRequest,
  requestQuota,
  revokeGrant,
} from './index.ts';

const START = new Date('2026-03-01T12:00:00Z');
const hours = (n: number) => new Date(START.getTime() + n * 3_600_000);
let platform: TestPlatform;
let member: Actor;
beforeAll(async () => {
  platform = await openTestPlatform(START);
  await platform.createTeam('vision');
  member = await platform.createPerson('mia', { teams: { vision: 'team_member' } });
});
afterAll(() => platform.close());

let nextPurpose = 0;
const ask = (slots: number, durationHours = 24) =>
  requestQuota(platform.deps, member, {
    team: 'vision',
    flavor: 'cpu',
    slots,
    durationHours,
    purpose: `purpose ${nextPurpose++}`,
  });
const cpuOf = async (team: string) => {
  const { items } = await getTeamQuota(platform.deps, member, { team });
  const cpu = items.find((item) => item.flavor === 'cpu');
  if (cpu === undefined) throw new Error('no cpu');
  return cpu;
};
const jobOf = async (grantId: string | null) => {
  const { rows } = await platform.db.pool.query('SELECT run_at FROM graphile_worker.jobs WHERE key = $1', [
    `quota-grant:${grantId}`,
  ]);
  return rows as { run_at: Date }[];
};

describe('a cluster seen for the first time', () => {
  test('grants the platform team half of each flavour, once', async () => {
    expect(await cpuOf('platform')).toMatchObject({ grantedSlots: 2, usedSlots: 0 });
    const flavor = { name: 'cpu', kind: 'cpu' as const, model: 'Test CPU', memoryBytes: null, migProfile: null };
    const seen = { name: 'local', driver: 'local' as const, machine: null };
    await registerCluster(platform.deps, { ...seen, flavors: [{ ...flavor, totalSlots: 4 }] });
    expect(await cpuOf('platform')).toMatchObject({ grantedSlots: 2 });
  });
});

describe('a request', () => {
  test('approved, its grant counts at once, and a job comes for it', async () => {
    const before = (await cpuOf('vision')).grantedSlots;
    const request = await ask(1);
    const approved = await approveQuotaRequest(platform.deps, platform.admin, {
      requestId: request.id,
      comment: 'Go.',
    });
    expect(approved).toMatchObject({ status: 'succeeded', decidedBy: 'admin@example.com', comment: 'Go.' });
    expect((await cpuOf('vision')).grantedSlots).toBe(before + 1);
    expect(await jobOf(approved.grantId)).toHaveLength(1);
  });

  test('can be approved with fewer slots and less time', async () => {
    const request = await ask(8, 100);
    const terms = { slots: 2, durationHours: 5 };
    const { grantId } = await approveQuotaRequest(platform.deps, platform.admin, { requestId: request.id, ...terms });
    const grant = (await cpuOf('vision')).grants.find((candidate) => candidate.id === grantId);
    expect(grant).toMatchObject({ slots: 2, endsAt: hours(5).toISOString() });
  });

  test('is decided once, whoever comes second', async () => {
    const request = await ask(1);
    const before = (await cpuOf('vision')).grants.length;
    const results = await Promise.allSettled([
      approveQuotaRequest(platform.deps, platform.admin, { requestId: request.id }),
      approveQuotaRequest(platform.deps, platform.admin, { requestId: request.id }),
      rejectQuotaRequest(platform.deps, platform.admin, { requestId: request.id, comment: 'No room.' }),
    ]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect((await cpuOf('vision')).grants.length - before).toBeLessThanOrEqual(1);
  });

  test('sent twice is one request', async () => {
    const input = { team: 'vision', flavor: 'cpu', slots: 3, durationHours: 1, purpose: 'retried by a client' };
    const [first, second] = await Promise.all([1, 2].map(() => requestQuota(platform.deps, member, input)));
    expect(first?.id).toBe(second?.id);
  });

  test('can be withdrawn while pending, not after, and not by another team', async () => {
    const request = await ask(1);
    const input = { team: 'vision', requestId: request.id };
    await expect(cancelQuotaRequest(platform.deps, member, { ...input, team: 'platform' })).rejects.toThrow(
      'no such request',
    );
    expect((await cancelQuotaRequest(platform.deps, member, input)).status).toBe('cancelled');
    await expect(cancelQuotaRequest(platform.deps, member, input)).rejects.toThrow('withdrawn already');
    await expect(approveQuotaRequest(platform.deps, platform.admin, { requestId: request.id })).rejects.toThrow(
      'withdrawn',
    );
  });

  test('for a flavour that does not exist is refused at its field', async () => {
    const input = { team: 'vision', flavor: 'h100', slots: 1, durationHours: 1, purpose: 'dreams' };
    await expect(requestQuota(platform.deps, member, input)).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'flavor',
    });
  });

  test('is shown beside the evidence', async () => {
    const request = await ask(100, 10);
    const { evidence } = await getQuotaRequest(platform.deps, platform.admin, { requestId: request.id });
    expect(evidence).toMatchObject({
      flavorTotalSlots: 4,
      teamUsedSlots: 0,
      priceMicrosPerSlotHour: 20_000,
      requestCostMicros: 20_000 * 100 * 10,
      isOversubscribed: true,
    });
  });
});

describe('a grant', () => {
  const granted = async (durationHours: number) => {
    const request = await ask(1, durationHours);
    const { grantId } = await approveQuotaRequest(platform.deps, platform.admin, { requestId: request.id });
    if (grantId === null) throw new Error('no grant');
    return grantId;
  };

  test('stops counting at its end, before any job ran, and is written down as expired', async () => {
    const grantId = await granted(2);
    const before = (await cpuOf('vision')).grantedSlots;
    expect(await expireGrant(platform.deps, grantId, START)).toBe('waiting');
    expect((await jobOf(grantId))[0]?.run_at).toEqual(hours(2));
    platform.setNow(hours(2));
    expect((await cpuOf('vision')).grantedSlots).toBe(before - 1);
    expect(await expireGrant(platform.deps, grantId, hours(2))).toBe('expired');
    expect(await expireGrant(platform.deps, grantId, hours(2))).toBe('nothing_to_do');
    const grant = (await cpuOf('vision')).grants.find((candidate) => candidate.id === grantId);
    expect(grant?.status).toBe('expired');
    platform.setNow(START);
  });

  test('revoked stops counting now; revoking again changes nothing', async () => {
    const grantId = await granted(24);
    const before = (await cpuOf('vision')).grantedSlots;
    await revokeGrant(platform.deps, platform.admin, { grantId });
    await revokeGrant(platform.deps, platform.admin, { grantId });
    expect((await cpuOf('vision')).grantedSlots).toBe(before - 1);
    const entries = await platform.db.prisma.auditEntry.count({
      where: { action: 'quota.revokeGrant', targetId: grantId },
    });
    expect(entries).toBe(1);
  });
});

test('pages of requests show each once, newest first, of the team asked for', async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listTeamQuotaRequests(platform.deps, member, { team: 'vision', limit: 3, cursor });
    seen.push(...page.items.map((item) => item.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(new Set(seen).size).toBe(seen.length);
  const all = await listQuotaRequests(platform.deps, platform.admin, { limit: 200 });
  expect(seen.sort()).toEqual(all.items.map((item) => item.id).sort());
  expect(all.pendingCount).toBe(all.items.filter((item) => item.status === 'pending').length);
  expect(await listTeamQuotaRequests(platform.deps, member, { team: 'platform', limit: 10 })).toMatchObject({
    items: [],
  });
});

test('what endpoints and runs hold counts as used, what is deleted or over does not', async () => {
  const { prisma } = platform.db;
  const team = await prisma.team.findUniqueOrThrow({ where: { slug: 'vision' } });
  const flavor = await prisma.flavor.findUniqueOrThrow({ where: { name: 'cpu' } });
  const model = await prisma.model.create({ data: { id: randomUUID(), teamId: team.id, name: 'chat' } });
  const version = await prisma.modelVersion.create({
    data: {
      id: randomUUID(),
      modelId: model.id,
      version: 1,
      sourceKind: 'path',
      sourceAddress: '/x',
      createdBy: 'mia',
    },
  });
  const endpoint = async (name: string, deletedAt: Date | null) => {
    const id = randomUUID();
    const row = { id, teamId: team.id, name, template: 'llm-endpoint', templateVersion: '1', flavorId: flavor.id };
    await prisma.endpoint.create({ data: { ...row, createdBy: 'mia', deletedAt } });
    const revision = { endpointId: id, versionId: version.id, contextTokens: 512, maxConcurrency: 1, createdBy: 'mia' };
    const shapes = [
      { number: 1, role: 'retired', weightPercent: 0, replicas: 9, slotsPerReplica: 9 },
      { number: 2, role: 'stable', weightPercent: 90, replicas: 2, slotsPerReplica: 3 },
      { number: 3, role: 'canary', weightPercent: 10, replicas: 1, slotsPerReplica: 1 },
    ];
    await prisma.revision.createMany({ data: shapes.map((shape) => ({ id: randomUUID(), ...revision, ...shape })) });
  };
  await endpoint('live', null);
  await endpoint('gone', START);
  const dataset = await prisma.dataset.create({
    data: {
      id: randomUUID(),
      teamId: team.id,
      name: 'd',
      format: 'text',
      digest: 'x',
      sizeBytes: 1n,
      lineCount: 1,
      preview: [],
      createdBy: 'mia',
    },
  });
  for (const [status, slots] of [
    ['running', 5],
    ['succeeded', 50],
    ['pending', 4],
  ] as const) {
    await prisma.trainingRun.create({
      data: {
        id: randomUUID(),
        teamId: team.id,
        name: `run-${status}`,
        template: 't',
        templateVersion: '1',
        params: {},
        baseVersionId: version.id,
        datasetId: dataset.id,
        outputModel: 'out',
        flavorId: flavor.id,
        slots,
        timeLimitMinutes: 1,
        status,
        createdBy: 'mia',
      },
    });
  }
  expect((await cpuOf('vision')).usedSlots).toBe(2 * 3 + 1 + 5 + 4);
  expect((await cpuOf('platform')).usedSlots).toBe(0);
});
