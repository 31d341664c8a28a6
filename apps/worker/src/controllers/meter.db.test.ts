import type { WorkloadState } from '@slipway/cluster';
import type { Database } from '@slipway/db';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addEndpoint, addRun, addVersion, openWorld, type World } from '../testing/world.ts';
import { createMeter, type Meter } from './meter.ts';

let clock: Date;
let world: World;
let meter: Meter;
let key: string;
let replicaId: string;
let warnings: string[];
const start = new Date('2026-11-21T12:00:00.000Z');
const at = (seconds: number) => new Date(start.getTime() + seconds * 1_000);

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  clock = start;
  warnings = [];
  meter = newMeter(world.deps.db);
  const { revisionId } = await addEndpoint(world, {
    versionId: await addVersion(world, { text: 'model' }),
  });
  replicaId = `${revisionId}-0`;
  key = `replica:${replicaId}`;
});

function newMeter(db: Database): Meter {
  return createMeter({ db, log: (_level, message) => warnings.push(message), now: () => clock });
}
function state(change: Partial<WorkloadState> = {}): WorkloadState {
  const nothing = {
    address: null,
    pid: 1,
    readyAt: null,
    exitedAt: null,
    end: null,
    exitCode: null,
    signal: null,
    lastError: null,
  };
  return { key, phase: 'starting', flavor: 'cpu', slots: 2, startedAt: start, ...nothing, ...change };
}
async function intervals(ownerId = replicaId) {
  const rows = await world.deps.db.prisma.slotRecord.findMany({ where: { ownerId }, orderBy: { startAt: 'asc' } });
  return rows.map((row) => [(+row.startAt - +start) / 1_000, (+row.endAt - +start) / 1_000]);
}
async function tickAt(seconds: number, which = meter): Promise<void> {
  clock = at(seconds);
  await which.tick();
}

describe('the meter', () => {
  it('records slots from start to exit without gap or overlap, at their price, for their owner', async () => {
    meter.observe(state());
    meter.observe(state({ phase: 'ready' }));
    await tickAt(15);
    await tickAt(30);
    clock = at(34);
    meter.observe(state({ phase: 'exited', exitedAt: at(33.5) }));
    await tickAt(45);
    expect(await intervals()).toEqual([
      [0, 15],
      [15, 30],
      [30, 33.5],
    ]);
    const [first] = await world.deps.db.prisma.slotRecord.findMany({
      where: { ownerId: replicaId },
      orderBy: { startAt: 'asc' },
    });
    // 2 slots x 15 s x 36,000 micros an hour.
    expect(first).toMatchObject({
      ownerKind: 'replica',
      teamSlug: 'vision',
      endpointName: expect.stringMatching(/^chat-/),
      runId: null,
      versionLabel: expect.stringMatching(/^vision\/base-.*:1$/),
      flavorName: 'cpu',
      slots: 2,
      slotMillis: 30_000n,
      priceMicros: 36_000n,
      costPicos: 300_000_000n,
    });
  });
  it('charges an interval at the price of its time: a new price does not change the past', async () => {
    const { prisma } = world.deps.db;
    const price = {
      kind: 'slot_hour',
      flavorName: 'cpu',
      amountMicros: 72_000n,
      effectiveFrom: at(115),
      setBy: 'finops',
    };
    await prisma.price.create({ data: { id: 'new', ...price } });
    meter.observe(state());
    await tickAt(115);
    await tickAt(130);
    const rows = await prisma.slotRecord.findMany({ where: { ownerId: replicaId }, orderBy: { startAt: 'asc' } });
    expect(rows.map((row) => row.priceMicros)).toEqual([36_000n, 72_000n]);
  });
  it('charges a run under its name and base version', async () => {
    const runId = await addRun(world, { baseVersionId: await addVersion(world, { text: 'base' }) });
    meter.observe(state({ key: `run:${runId}` }));
    await tickAt(15);
    expect(await intervals(runId)).toEqual([[0, 15]]);
    expect(await world.deps.db.prisma.slotRecord.findFirst({ where: { ownerId: runId } })).toMatchObject({
      ownerKind: 'run',
      runId,
      endpointId: null,
    });
  });
  it('loses at most one tick to kill -9, and never charges a second twice', async () => {
    meter.observe(state());
    await tickAt(15);
    // Killed at 20 s; the next life starts the process again at 25 s, on a clock that was set back.
    const next = newMeter(world.deps.db);
    next.observe(state({ startedAt: at(10) }));
    await tickAt(30, next);
    expect(await intervals()).toEqual([
      [0, 15],
      [15, 30],
    ]);
  });
  it('keeps what the database did not take, and records it once it does', async () => {
    const { db } = world.deps;
    let isDown = true;
    const prisma = new Proxy(db.prisma, {
      get: (target, name) => {
        if (name === '$transaction' && isDown) return () => Promise.reject(new Error('the database is away'));
        return Reflect.get(target, name);
      },
    });
    const shaky = newMeter({ ...db, prisma });
    shaky.observe(state());
    await tickAt(15, shaky);
    clock = at(20);
    shaky.observe(state({ phase: 'exited', exitedAt: at(20) }));
    shaky.observe(state({ startedAt: at(22) }));
    await tickAt(30, shaky);
    expect(await intervals()).toEqual([]);
    isDown = false;
    await tickAt(45, shaky);
    expect(await intervals()).toEqual([
      [0, 20],
      [22, 45],
    ]);
  });
  it('records slots without a price at 0 and says so', async () => {
    meter.observe(state({ flavor: 'unpriced' }));
    await tickAt(15);
    expect(await world.deps.db.prisma.slotRecord.findFirst({ where: { ownerId: replicaId } })).toMatchObject({
      slotMillis: 30_000n,
      costPicos: 0n,
    });
    expect(warnings).toEqual(['A slot has no price; its use is recorded at 0.']);
  });
});
