import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from '../testing/world.ts';
import { createLogWriter, KEPT_LINES, type LogLineInput } from './log-writer.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const line = (ownerId: string, text: string): LogLineInput => ({
  ownerKind: 'run',
  ownerId,
  teamId: world.teamId,
  at: new Date(0),
  stream: 'stdout',
  source: 'train',
  text,
});
const read = (ownerId: string) =>
  world.deps.db.prisma.logLine.findMany({ where: { ownerId }, orderBy: { sequence: 'asc' } });

describe('the log writer', () => {
  it('keeps the order, and characters that Postgres cannot hold do not stop it', async () => {
    const writer = createLogWriter({ db: world.deps.db, log: () => {} });
    for (const text of ['one', 'nul\0byte', 'three']) writer.write(line('order', text));
    await writer.close();
    expect((await read('order')).map((row) => row.text)).toEqual(['one', 'nulbyte', 'three']);
  });
  it('keeps the newest lines of an owner and leaves other owners alone', async () => {
    const writer = createLogWriter({ db: world.deps.db, log: () => {} });
    writer.write(line('quiet', 'old'));
    for (let index = 0; index < KEPT_LINES + 700; index += 1) writer.write(line('loud', String(index)));
    await writer.close();
    const loud = await read('loud');
    expect(loud).toHaveLength(KEPT_LINES);
    expect(loud.at(-1)?.text).toBe(String(KEPT_LINES + 699));
    expect(await read('quiet')).toHaveLength(1);
  });
  it('keeps lines while the database is away and writes them later', async () => {
    const { db } = world.deps;
    let isDown = true;
    const prisma = new Proxy(db.prisma, {
      get: (target, name) => {
        if (name === '$transaction' && isDown) return () => Promise.reject(new Error('the database is away'));
        return Reflect.get(target, name);
      },
    });
    const writer = createLogWriter({ db: { ...db, prisma }, log: () => {} });
    writer.write(line('patient', 'one'));
    await writer.flush();
    expect(await read('patient')).toEqual([]);
    isDown = false;
    writer.write(line('patient', 'two'));
    await writer.close();
    expect((await read('patient')).map((row) => row.text)).toEqual(['one', 'two']);
  });
});
