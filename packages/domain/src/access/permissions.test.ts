import { describe, expect, test } from 'vitest';
import { type Actor, can, PERMISSIONS, type Permission, type PlatformRole, type TeamRole } from './permissions.ts';

const actor = (platformRole: PlatformRole, role?: TeamRole): Actor => ({
  userId: 'u',
  email: 'ada@example.com',
  name: 'Ada',
  platformRole,
  memberships: role === undefined ? [] : [{ teamId: 't', teamSlug: 'own', role }],
});

const PEOPLE = {
  'platform admin': actor('platform_admin'),
  finops: actor('finops'),
  'team admin': actor('user', 'team_admin'),
  'team member': actor('user', 'team_member'),
  stranger: actor('user'),
};
type Person = keyof typeof PEOPLE;
const EVERYBODY = Object.keys(PEOPLE) as Person[];

// Who may do what in team "own"; the whole table, so that a change of a role shows here.
const IN_OWN_TEAM: Record<Permission, Person[]> = {
  'team:read': ['platform admin', 'finops', 'team admin', 'team member'],
  'team:create': ['platform admin'],
  'team:manage': ['platform admin', 'team admin'],
  'user:manage': ['platform admin'],
  'key:read': ['platform admin', 'team admin', 'team member'],
  'key:manage': ['platform admin', 'team admin', 'team member'],
  'cluster:read': EVERYBODY,
  'template:read': EVERYBODY,
  'quota:read': ['platform admin', 'finops', 'team admin', 'team member'],
  'quota:request': ['platform admin', 'team admin', 'team member'],
  'quota:decide': ['platform admin'],
  'model:read': ['platform admin', 'team admin', 'team member'],
  'model:write': ['platform admin', 'team admin', 'team member'],
  'run:read': ['platform admin', 'team admin', 'team member'],
  'run:launch': ['platform admin', 'team admin', 'team member'],
  'endpoint:read': ['platform admin', 'team admin', 'team member'],
  'endpoint:deploy': ['platform admin', 'team admin', 'team member'],
  'endpoint:invoke': ['platform admin', 'team admin', 'team member'],
  'rollout:decide': ['platform admin', 'team admin', 'team member'],
  'cost:read': ['platform admin', 'finops', 'team admin', 'team member'],
  'price:read': EVERYBODY,
  'price:write': ['platform admin', 'finops'],
  'audit:read': ['platform admin', 'finops'],
};

describe('what a role may do in its own team', () => {
  test.each(PERMISSIONS)('%s', (permission) => {
    expect(EVERYBODY.filter((person) => can(PEOPLE[person], permission, 'own'))).toEqual(IN_OWN_TEAM[permission]);
  });
});

test('a role in one team gives nothing in another, and nothing on the platform', () => {
  const stranger = PERMISSIONS.filter((permission) => can(PEOPLE.stranger, permission, 'own'));
  for (const person of ['team admin', 'team member'] as const) {
    expect(PERMISSIONS.filter((permission) => can(PEOPLE[person], permission, 'other'))).toEqual(stranger);
    expect(PERMISSIONS.filter((permission) => can(PEOPLE[person], permission))).toEqual(stranger);
  }
});
