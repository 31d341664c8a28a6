import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { appendAudit, verifyAuditChain } from './audit.ts';
import type { Database } from './database.ts';
import { enqueue } from './enqueue.ts';
import { type ChangeEvent, listen, publish } from './events.ts';
import { lockKey } from './locks.ts';
import { openMigratedDatabase } from './testing/index.ts';
import { type Tx, withTransaction } from './transaction.ts';

const NOW = new Date('2026-03-01T12:00:00.123Z');
let db: Database & { url: string };
beforeAll(async () => {
  db = await openMigratedDatabase();
});
afterAll(() => db.close());

const audit = (tx: Tx, detail: Record<string, unknown> = {}) =>
  appendAudit(tx, {
    actor: 'ada@example.com',
    teamSlug: 'platform',
    action: 'access.createTeam',
    targetKind: 'team',
    targetId: randomUUID(),
    targetName: 'Team',
    detail,
    now: NOW,
  });

const createTeam = (tx: Tx, slug: string) => tx.team.create({ data: { id: randomUUID(), slug, name: slug } });
const jobs = async () => {
  const { rows } = await db.pool.query('SELECT key, run_at FROM graphile_worker.jobs ORDER BY key');
  return rows as { key: string; run_at: Date }[];
};

describe('one transaction', () => {
  test('keeps row, audit entry, job and event together when it commits', async () => {
    const heard: ChangeEvent[] = [];
    const listener = await listen(db.url, (event) => heard.push(event));
    await withTransaction(db, async (tx) => {
      const team = await createTeam(tx, 'kept');
      await enqueue(tx, { kind: 'endpoint', id: 'kept' });
      await publish(tx, { noun: 'access', id: team.id, teamId: team.id });
      await audit(tx);
    });
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    await listener.close();
    expect(heard[0]?.noun).toBe('access');
    expect(await db.prisma.team.count({ where: { slug: 'kept' } })).toBe(1);
    expect((await jobs()).map((job) => job.key)).toEqual(['endpoint:kept']);
    expect(await db.prisma.auditEntry.count()).toBe(1);
  });

  test('keeps none of them when it fails', async () => {
    const before = await db.prisma.auditEntry.count();
    const failing = withTransaction(db, async (tx) => {
      await createTeam(tx, 'lost');
      await enqueue(tx, { kind: 'run', id: 'lost' });
      await audit(tx);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await db.prisma.team.count({ where: { slug: 'lost' } })).toBe(0);
    expect((await jobs()).some((job) => job.key === 'run:lost')).toBe(false);
    expect(await db.prisma.auditEntry.count()).toBe(before);
  });
});

test('two transactions that wait for each other both come through', async () => {
  const bothHoldOne = Promise.withResolvers<void>();
  let waiting = 0;
  const crossing = (first: string, second: string) =>
    withTransaction(db, async (tx) => {
      await lockKey(tx, first);
      waiting += 1;
      if (waiting === 2) bothHoldOne.resolve();
      await bothHoldOne.promise;
      await lockKey(tx, second);
      await createTeam(tx, `crossing-${first}`);
    });
  await Promise.all([crossing('a', 'b'), crossing('b', 'a')]);
  expect(await db.prisma.team.count({ where: { slug: { startsWith: 'crossing-' } } })).toBe(2);
  expect(waiting).toBe(3);
});

describe('enqueue', () => {
  test('a thing changed often has one pending job, at the newest time', async () => {
    const later = new Date('2040-01-01T00:00:00Z');
    for (const runAt of [new Date('2039-01-01T00:00:00Z'), later]) {
      await withTransaction(db, (tx) => enqueue(tx, { kind: 'quota-grant', id: 'often', runAt }));
    }
    const mine = (await jobs()).filter((job) => job.key === 'quota-grant:often');
    expect(mine.map((job) => job.run_at)).toEqual([later]);
  });
});

describe('the audit chain', () => {
  beforeEach(async () => {
    await db.pool.query('ALTER TABLE audit_entry DISABLE TRIGGER USER');
    await db.pool.query('DELETE FROM audit_entry');
    await db.pool.query('ALTER TABLE audit_entry ENABLE TRIGGER USER');
  });

  test('holds when many write at once, whatever the order of keys in a detail', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        withTransaction(db, (tx) => audit(tx, { zebra: i, apple: { y: [1], x: null } })),
      ),
    );
    expect(await verifyAuditChain(db)).toEqual({ isIntact: true, entries: 12 });
  });

  test.each<[string, string]>([
    ['a changed detail', `UPDATE audit_entry SET detail = '{"n":9}' WHERE sequence = $1`],
    ['a changed actor', `UPDATE audit_entry SET actor = 'eve' WHERE sequence = $1`],
    ['a removed entry', 'DELETE FROM audit_entry WHERE sequence = $1'],
  ])('shows %s made behind its back', async (_, sql) => {
    for (let n = 0; n < 3; n += 1) await withTransaction(db, (tx) => audit(tx, { n }));
    const middle = (await db.prisma.auditEntry.findMany({ orderBy: { sequence: 'asc' } }))[1];
    await db.pool.query('ALTER TABLE audit_entry DISABLE TRIGGER USER');
    await db.pool.query(sql, [middle?.sequence]);
    await db.pool.query('ALTER TABLE audit_entry ENABLE TRIGGER USER');
    expect((await verifyAuditChain(db)).isIntact).toBe(false);
  });
});

test('times come back as they went in, whatever the time zone of the server', async () => {
  await db.pool.query(`ALTER DATABASE "${new URL(db.url).pathname.slice(1)}" SET timezone TO 'Asia/Tokyo'`);
  const team = await db.prisma.team.create({ data: { id: randomUUID(), slug: 'clock', name: 'c', createdAt: NOW } });
  const read = await db.prisma.team.findUniqueOrThrow({ where: { id: team.id } });
  expect(read.createdAt).toEqual(NOW);
});

test('a listener whose connection is cut hears again, and is told to read everything anew', async () => {
  const heard: string[] = [];
  const reconnected = vi.fn();
  const listener = await listen(db.url, (event) => heard.push(event.id), reconnected);
  await db.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN slipway' AND datname = current_database()`,
  );
  await vi.waitFor(() => expect(reconnected).toHaveBeenCalledTimes(1), { timeout: 10_000 });
  await withTransaction(db, (tx) => publish(tx, { noun: 'quota', id: 'after', teamId: null }));
  await vi.waitFor(() => expect(heard).toEqual(['after']));
  await listener.close();
});
