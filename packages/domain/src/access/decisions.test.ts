import { describe, expect, test } from 'vitest';
import { type AttemptCount, decideAttempt } from './attempts.ts';
import { invitationStatus, keyStatus } from './keys.ts';
import { keepPlatformAdmin, keepTeamAdmin } from './last-admin.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const minutes = (n: number) => new Date(NOW.getTime() + n * 60_000);

describe('keyStatus', () => {
  test.each([
    ['no end', { expiresAt: null, revokedAt: null }, 'ready'],
    ['a later end', { expiresAt: minutes(1), revokedAt: null }, 'ready'],
    ['an end at this moment', { expiresAt: NOW, revokedAt: null }, 'expired'],
    ['revoked, also when expired', { expiresAt: minutes(-1), revokedAt: minutes(-5) }, 'cancelled'],
  ] as const)('%s', (_, terms, status) => expect(keyStatus(terms, NOW)).toBe(status));
});

describe('invitationStatus', () => {
  test.each([
    ['open', { expiresAt: minutes(1), acceptedAt: null, cancelledAt: null }, 'pending'],
    ['too old', { expiresAt: NOW, acceptedAt: null, cancelledAt: null }, 'expired'],
    [
      'accepted stays accepted after its time',
      { expiresAt: minutes(-1), acceptedAt: minutes(-2), cancelledAt: null },
      'succeeded',
    ],
    ['cancelled', { expiresAt: minutes(1), acceptedAt: null, cancelledAt: NOW }, 'cancelled'],
  ] as const)('%s', (_, terms, status) => expect(invitationStatus(terms, NOW)).toBe(status));
});

describe('decideAttempt', () => {
  const count = (scope: AttemptCount['scope'], attempts: number, ageMinutes: number): AttemptCount => ({
    scope,
    attempts,
    windowStart: minutes(-ageMinutes),
  });
  test.each<[string, AttemptCount[], ReturnType<typeof decideAttempt>]>([
    ['the first try', [count('email', 1, 0), count('address', 1, 0)], { isAllowed: true }],
    ['the tenth try of an e-mail', [count('email', 10, 1)], { isAllowed: true }],
    ['the eleventh try of an e-mail', [count('email', 11, 5)], { isAllowed: false, retryInMinutes: 10 }],
    ['many tries whose window is over', [count('email', 99, 15)], { isAllowed: true }],
    ['the fiftieth try of an address', [count('address', 50, 1)], { isAllowed: true }],
    [
      'many e-mails from one address',
      [count('email', 1, 1), count('address', 51, 14)],
      { isAllowed: false, retryInMinutes: 1 },
    ],
  ])('%s', (_, counts, decision) => expect(decideAttempt(counts, NOW)).toEqual(decision));
});

describe('the last admin', () => {
  test('of a team stays', () => {
    expect(() => keepTeamAdmin('team_admin', 'team_member', 1)).toThrow('at least one admin');
    expect(() => keepTeamAdmin('team_admin', null, 1)).toThrow('at least one admin');
    expect(() => keepTeamAdmin('team_admin', null, 2)).not.toThrow();
    expect(() => keepTeamAdmin('team_member', null, 1)).not.toThrow();
    expect(() => keepTeamAdmin('team_admin', 'team_admin', 1)).not.toThrow();
  });
  test('of the platform stays', () => {
    expect(() => keepPlatformAdmin('platform_admin', 'finops', 1)).toThrow('at least one administrator');
    expect(() => keepPlatformAdmin('platform_admin', 'finops', 2)).not.toThrow();
    expect(() => keepPlatformAdmin('user', 'platform_admin', 1)).not.toThrow();
  });
});
