import { createEventHub, publish, withTransaction } from '@slipway/db';
import type { ChangeEvent, LiveEvent } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import { removeMember } from '@slipway/use-cases/access';
import { openTestPlatform, type TestPlatform } from '@slipway/use-cases/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCaller, createContext } from '../index.ts';

let platform: TestPlatform;
let hub: Awaited<ReturnType<typeof createEventHub>>;
let member: Actor;
const teamIds: Record<string, string> = {};

beforeAll(async () => {
  platform = await openTestPlatform();
  for (const slug of ['own', 'other']) teamIds[slug] = (await platform.createTeam(slug)).id;
  member = await platform.createPerson('mia', { teams: { own: 'team_member' } });
  hub = await createEventHub(platform.db.url);
});
afterAll(async () => {
  await hub.close();
  await platform.close();
});

async function listenAs(actor: Actor | null) {
  const ctx = createContext({ deps: platform.deps, actor, requestId: 'test', subscribe: hub.subscribe });
  const events = (await createCaller(ctx).live.events()) as AsyncIterable<LiveEvent>;
  const iterator = events[Symbol.asyncIterator]();
  // The subscription begins with the first pull.
  let pulled = iterator.next();
  return async () => {
    const { value, done } = await pulled;
    if (!done) pulled = iterator.next();
    return done ? null : value;
  };
}
const tell = (event: ChangeEvent) => withTransaction(platform.db, (tx) => publish(tx, event));

test('a person hears of their teams and of what is everybody’s, not of other teams', async () => {
  const next = await listenAs(member);
  await tell({ noun: 'serving', id: 'foreign', teamId: teamIds.other ?? '' });
  await tell({ noun: 'serving', id: 'mine', teamId: teamIds.own ?? '' });
  await tell({ noun: 'metering', id: 'price', teamId: null });
  expect([await next(), await next()].map((event) => event?.id)).toEqual(['mine', 'price']);
});

test('the administrator hears of every team', async () => {
  const next = await listenAs(platform.admin);
  await tell({ noun: 'quota', id: 'foreign', teamId: teamIds.other ?? '' });
  expect((await next())?.id).toBe('foreign');
});

test('a person taken out of a team hears of it no longer, while still connected', async () => {
  const leaver = await platform.createPerson('leo', { teams: { own: 'team_member' } });
  const next = await listenAs(leaver);
  await removeMember(platform.deps, platform.admin, { team: 'own', userId: leaver.userId });
  await tell({ noun: 'serving', id: 'secret', teamId: teamIds.own ?? '' });
  await tell({ noun: 'catalog', id: 'open', teamId: null });
  expect((await next())?.id).toBe('open');
});

test('nobody signed in hears nothing', async () => {
  const next = await listenAs(null).catch((error: unknown) => () => Promise.reject(error));
  await expect(next()).rejects.toThrow('Sign in first');
});
