import { expect, test } from 'vitest';
import { pickTeam } from './pick-team.ts';

const seen = { slug: 'seen', role: null };
const own = { slug: 'own', role: 'team_member' };
const other = { slug: 'other', role: 'team_admin' };
const teams = [seen, own, other];

test.each([
  ['the address decides', ['other', 'seen'], other],
  ['then the last one looked at', [undefined, 'seen'], seen],
  ['a team that is gone does not count', [undefined, 'gone'], own],
  ['then the first one is in', [undefined, null], own],
])('%s', (_name, candidates, expected) => {
  expect(pickTeam(teams, candidates)).toBe(expected);
});

test('an administrator in no team sees the first, and nobody has none', () => {
  expect(pickTeam([seen], [])).toBe(seen);
  expect(pickTeam([], ['own'])).toBeNull();
});
