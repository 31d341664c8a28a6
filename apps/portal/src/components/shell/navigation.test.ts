import { expect, test } from 'vitest';
import { navigationFor } from './navigation.ts';

const labels = (teamSlug: string | null, held: string[]) =>
  navigationFor({ teamSlug, can: (permission) => held.includes(permission) }).map((group) =>
    group.items.map((item) => item.label),
  );

test('a member sees the nouns of the team and what everybody may read', () => {
  const [team, platform] = labels('vision', []);
  expect(team).toEqual([
    'Home',
    'Playground',
    'Models',
    'Training',
    'Data sets',
    'Endpoints',
    'Quota',
    'Costs',
    'API keys',
    'Members',
  ]);
  expect(platform).toEqual(['Clusters', 'Prices', 'Templates']);
});

test('an administrator also sees decisions, people, all costs and the audit trail', () => {
  const [, platform] = labels('vision', ['quota:decide', 'team:create', 'user:manage', 'cost:read', 'audit:read']);
  expect(platform).toEqual(['Requests', 'Teams', 'People', 'Clusters', 'Prices', 'Templates', 'All costs', 'Audit']);
});

test('somebody in no team has a home and no dead links', () => {
  expect(labels(null, [])[0]).toEqual(['Home']);
});

test('a page is open for the addresses below it and for no other that begins alike', () => {
  const items = navigationFor({ teamSlug: 'vision', can: () => true }).flatMap((group) => group.items);
  const open = (path: string) => items.filter((item) => item.match.test(path)).map((item) => item.id);
  expect(open('/teams/vision/models/m/versions/1')).toEqual(['models']);
  expect(open('/teams/vision/modelsx')).toEqual([]);
  expect(open('/')).toEqual(['home']);
});
