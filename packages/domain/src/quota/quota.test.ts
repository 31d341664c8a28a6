import { describe, expect, test } from 'vitest';
import { DomainError } from '../kernel/errors.ts';
import { decideRequest, grantTerms } from './decide-request.ts';
import { decideSlots, requireSlots, sumGrantedSlots } from './decide-slots.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const hours = (n: number) => new Date(NOW.getTime() + n * 3_600_000);

describe('which grants count', () => {
  const grant = { slots: 2, status: 'ready', startsAt: hours(-1), endsAt: null };
  test.each([
    ['one without end', [grant], 2],
    ['two add up', [grant, { ...grant, slots: 3, endsAt: hours(1) }], 5],
    ['one that begins later does not', [{ ...grant, startsAt: hours(1) }], 0],
    ['one counts from its first moment', [{ ...grant, startsAt: NOW }], 2],
    ['one does not count from its end on, whether or not the job ran', [{ ...grant, endsAt: NOW }], 0],
    ['a revoked one does not', [{ ...grant, status: 'cancelled' }], 0],
    ['none is none', [], 0],
  ] as const)('%s', (_, grants, slots) => expect(sumGrantedSlots(grants, NOW)).toBe(slots));
});

describe('decideSlots', () => {
  const question = { teamSlug: 'vision', flavorName: 'cpu', grantedSlots: 2, usedSlots: 0, neededSlots: 1 };
  test.each([
    ['within the grant', question, true],
    ['exactly the grant', { ...question, usedSlots: 1 }, true],
    ['one too many', { ...question, usedSlots: 2 }, false],
    ['without a grant', { ...question, grantedSlots: 0 }, false],
    ['more than is left', { ...question, usedSlots: 1, neededSlots: 2 }, false],
    ['scaling down after a grant ended', { ...question, grantedSlots: 0, usedSlots: 3, neededSlots: -1 }, true],
    ['changing nothing while over quota', { ...question, grantedSlots: 0, usedSlots: 3, neededSlots: 0 }, true],
  ] as const)('%s', (_, asked, isAllowed) => expect(decideSlots(asked).isAllowed).toBe(isAllowed));

  test('a refusal says what is used, granted and needed, and how to ask', () => {
    expect(() => requireSlots({ ...question, usedSlots: 2 })).toThrow(
      'Team vision uses 2 of 2 granted cpu slots; this needs 1 more. ' +
        'Request quota at /teams/vision/quota or with `slipway quota request`.',
    );
  });
});

describe('decideRequest', () => {
  test.each([
    ['approve', 'succeeded'],
    ['reject', 'failed'],
    ['cancel', 'cancelled'],
  ] as const)('%s makes a pending request %s', (decision, status) => {
    expect(decideRequest('pending', decision)).toBe(status);
  });
  test.each(['succeeded', 'failed', 'cancelled'] as const)('a request that is %s stays so', (status) => {
    for (const decision of ['approve', 'reject', 'cancel'] as const) {
      expect(() => decideRequest(status, decision)).toThrow(DomainError);
    }
  });
});

test('a grant begins now and lasts as asked, unless the administrator changed it', () => {
  const asked = { slots: 4, durationHours: 24 };
  expect(grantTerms(asked, {}, NOW)).toEqual({ slots: 4, startsAt: NOW, endsAt: hours(24) });
  expect(grantTerms(asked, { slots: 2, durationHours: 1 }, NOW)).toEqual({ slots: 2, startsAt: NOW, endsAt: hours(1) });
});
