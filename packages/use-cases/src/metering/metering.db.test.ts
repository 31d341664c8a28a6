import { randomUUID } from 'node:crypto';
import { recordUsage, type UsageRow } from '@slipway/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestPlatform, type TestPlatform } from '../testing/index.ts';
import { exportCosts, getCosts, listPrices, listUsage, setPrice } from './index.ts';

const START = new Date('2026-03-10T12:00:00Z');
let platform: TestPlatform;
let teamIds: Record<string, string>;

beforeAll(async () => {
  platform = await openTestPlatform(START);
  teamIds = { vision: (await platform.createTeam('vision')).id, speech: (await platform.createTeam('speech')).id };
  const midnight = '2026-03-02T00:00:00.000Z';
  const lastMoment = '2026-03-01T23:59:59.999Z';
  await recordUsage(platform.db, [
    usage({ at: new Date(lastMoment), costPicos: 1n }),
    usage({ at: new Date(midnight), costPicos: 2n }),
    usage({ at: new Date('2026-03-02T10:00:00Z'), teamId: teamIds.speech, teamSlug: 'speech', costPicos: 10_000_000n }),
    usage({ at: new Date('2026-02-28T10:00:00Z'), costPicos: 7_000_000n }),
  ]);
  await platform.db.prisma.slotRecord.createMany({
    data: [
      slots({ startAt: new Date('2026-03-02T10:00:00Z'), costPicos: 5_000_000n }),
      slots({
        startAt: new Date('2026-03-02T11:00:00Z'),
        ownerKind: 'run',
        endpointId: null,
        endpointName: null,
        costPicos: 3_000_000n,
      }),
    ],
  });
});
afterAll(() => platform.close());

function usage(fields: Partial<UsageRow>): UsageRow {
  return {
    requestId: randomUUID(),
    at: START,
    teamId: teamIds.vision ?? '',
    teamSlug: 'vision',
    endpointId: 'e',
    endpointName: 'chat',
    endpointTeamSlug: 'vision',
    revisionId: 'r',
    revisionNumber: 1,
    versionId: 'v',
    versionLabel: 'vision/chat:1',
    replicaId: null,
    apiKeyId: 'k',
    caller: 'mia@example.com (app)',
    status: 'succeeded',
    httpStatus: 200,
    promptTokens: 10,
    cachedTokens: 4,
    completionTokens: 20,
    ttftMs: 12.5,
    durationMs: 100,
    promptPriceMicros: 1n,
    completionPriceMicros: 1n,
    costPicos: 1n,
    ...fields,
  };
}

function slots(fields: {
  startAt: Date;
  costPicos: bigint;
  ownerKind?: string;
  endpointId?: null;
  endpointName?: null;
}) {
  return {
    id: randomUUID(),
    ownerKind: 'replica',
    ownerId: randomUUID(),
    teamId: teamIds.vision ?? '',
    teamSlug: 'vision',
    endpointId: 'e',
    endpointName: 'chat',
    versionId: 'v',
    versionLabel: 'vision/chat:1',
    flavorName: 'cpu',
    slots: 2,
    endAt: new Date(fields.startAt.getTime() + 60_000),
    slotMillis: 120_000n,
    priceMicros: 1n,
    ...fields,
  };
}

const costs = (input: {
  from?: string;
  to?: string;
  team?: string;
  groupBy?: 'team' | 'endpoint' | 'modelVersion' | 'kind' | 'day';
}) => getCosts(platform.deps, platform.admin, { from: '2026-03-02', to: '2026-03-02', groupBy: 'team', ...input });

describe('getCosts', () => {
  test('cuts days at midnight UTC: the last millisecond belongs to the day that ends', async () => {
    const first = await costs({ from: '2026-03-01', to: '2026-03-01' });
    expect(first.rows.map((row) => [row.key, row.requests])).toEqual([['vision', 1]]);
    const second = await costs({ team: 'vision' });
    expect(second.rows.map((row) => [row.key, row.requests])).toEqual([['vision', 1]]);
  });

  test('adds slots and tokens, and compares with as many days before', async () => {
    const answer = await costs({ from: '2026-03-01', to: '2026-03-02' });
    expect(answer).toMatchObject({ currency: 'EUR', totalMicros: 18, previousTotalMicros: 7 });
    expect(
      answer.rows.map((row) => [row.key, row.slotMicros, row.tokenMicros, row.totalMicros, row.slotSeconds]),
    ).toEqual([
      ['speech', 0, 10, 10, 0],
      ['vision', 8, 0, 8, 240],
    ]);
  });

  test.each([
    ['endpoint', ['vision/chat', 'training']],
    ['modelVersion', ['vision/chat:1']],
    ['kind', ['tokens', 'serving', 'training']],
    ['day', ['2026-03-02']],
  ] as const)('groups by %s', async (groupBy, keys) => {
    const answer = await costs({ groupBy });
    expect(answer.rows.map((row) => row.key)).toEqual(keys);
    expect(answer.rows.reduce((sum, row) => sum + row.totalMicros, 0)).toBe(answer.totalMicros);
    expect(answer.series.reduce((sum, point) => sum + point.totalMicros, 0)).toBe(answer.totalMicros);
  });

  test('of one team leaves out every other', async () => {
    expect((await costs({ team: 'speech' })).rows.map((row) => row.key)).toEqual(['speech']);
  });

  test('of a time without anything is nothing, not an error', async () => {
    expect(await costs({ from: '2025-01-01', to: '2025-01-31' })).toMatchObject({
      totalMicros: 0,
      rows: [],
      series: [],
    });
  });
});

test('the CSV’s exact amounts add up to the total', async () => {
  const { csv, fileName } = await exportCosts(platform.deps, platform.admin, {
    from: '2026-03-01',
    to: '2026-03-02',
    groupBy: 'team',
  });
  expect(fileName).toBe('slipway-costs-by-team-2026-03-01-to-2026-03-02.csv');
  const lines = csv.trim().split('\r\n').slice(1);
  expect(lines).toHaveLength(3);
  const total = lines.reduce(
    (sum, line) => sum + BigInt((line.split(',')[10] ?? '').split('.')[1]?.padEnd(12, '0') ?? '0'),
    0n,
  );
  expect(total).toBe(18_000_003n);
});

describe('the ledger of requests', () => {
  test('takes a request once, however often it is sent', async () => {
    const record = usage({ requestId: 'sent-twice', costPicos: 9n });
    expect(await recordUsage(platform.db, [record])).toBe(1);
    expect(await recordUsage(platform.db, [{ ...record, costPicos: 99n }, usage({ requestId: 'new' })])).toBe(1);
    const rows = await platform.db.prisma.usageRecord.findMany({ where: { requestId: 'sent-twice' } });
    expect(rows.map((row) => row.costPicos)).toEqual([9n]);
  });

  test('is read page by page without a gap, with exact amounts', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listUsage(platform.deps, platform.admin, { limit: 2, cursor });
      seen.push(...page.items.map((item) => item.requestId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(await platform.db.prisma.usageRecord.count());
    const { items } = await listUsage(platform.deps, platform.admin, { team: 'speech', limit: 10 });
    expect(items.map((item) => [item.team, item.cost, item.costMicros])).toEqual([['speech', '0.00001', 10]]);
  });
});

describe('the price book', () => {
  const price = { kind: 'slot_hour' as const, flavor: 'cpu', amountMicros: 30_000 };

  test('a new price ends the old one from now on and changes nothing before', async () => {
    const before = await costs({ from: '2026-03-01', to: '2026-03-02' });
    const made = await setPrice(platform.deps, platform.admin, price);
    expect(made).toMatchObject({ isCurrent: true, effectiveFrom: START.toISOString(), setBy: 'admin@example.com' });
    const { items } = await listPrices(platform.deps, platform.admin, {});
    const old = items.find((item) => item.kind === 'slot_hour' && item.amountMicros === 20_000);
    expect(old).toMatchObject({ isCurrent: false, effectiveTo: START.toISOString() });
    expect(await costs({ from: '2026-03-01', to: '2026-03-02' })).toEqual(before);
  });

  test('one for the past, or for a flavour that does not exist, is refused at its field', async () => {
    const past = new Date(START.getTime() - 86_400_000).toISOString();
    await expect(setPrice(platform.deps, platform.admin, { ...price, effectiveFrom: past })).rejects.toMatchObject({
      field: 'effectiveFrom',
    });
    await expect(setPrice(platform.deps, platform.admin, { ...price, flavor: 'h100' })).rejects.toMatchObject({
      field: 'flavor',
    });
  });

  test('one for later is announced, and holds from then', async () => {
    const effectiveFrom = '2026-04-01T00:00:00.000Z';
    expect(await setPrice(platform.deps, platform.admin, { ...price, amountMicros: 1, effectiveFrom })).toMatchObject({
      isCurrent: false,
      effectiveFrom,
    });
    platform.setNow(new Date('2026-04-02T00:00:00Z'));
    const { items } = await listPrices(platform.deps, platform.admin, {});
    expect(items.find((item) => item.isCurrent && item.flavor === 'cpu')?.amountMicros).toBe(1);
    platform.setNow(START);
  });
});
