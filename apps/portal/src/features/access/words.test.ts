import { slugSchema } from '@slipway/domain';
import { expect, test } from 'vitest';
import { safeNext } from './safe-next.ts';
import { matches, toSlug } from './words.ts';

test.each([
  ['Computer Vision', 'computer-vision'],
  ['Équipe IA (Paris)', 'equipe-ia-paris'],
  ['  -- x1 --  ', 'x1'],
])('%s becomes an address that the server takes', (name, slug) => {
  expect(toSlug(name)).toBe(slug);
  expect(slugSchema.safeParse(slug).success).toBe(true);
});

test('a search finds all its words in any order and case', () => {
  expect(matches('VIS team', 'Team Vision')).toBe(true);
  expect(matches('vision paris', 'Team Vision')).toBe(false);
  expect(matches('', 'anything')).toBe(true);
});

test.each([
  ['/teams/a/quota?x=1', '/teams/a/quota?x=1'],
  ['//evil.test', '/'],
  ['/\\evil.test', '/'],
  ['https://evil.test', '/'],
  ['javascript:alert(1)', '/'],
  [undefined, '/'],
])('after sign-in %s leads to %s', (next, expected) => {
  expect(safeNext(next)).toBe(expected);
});
