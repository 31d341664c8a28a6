import { expect, test } from 'vitest';
import { aRevision } from '../testing/test-gateway.ts';
import { pickRevision } from './pick-revision.ts';

const split = (stable: number, canary: number) => [
  aRevision({ id: 'stable', weightPercent: stable }),
  aRevision({ id: 'canary', role: 'canary', weightPercent: canary }),
];

test.each([1, 5, 10, 25, 50, 75, 99])(
  'every stretch of 200 requests gives a %i %% canary its share within 2 requests',
  (percent) => {
    const picks = Array.from(
      { length: 2_000 },
      (_, i) => pickRevision(split(100 - percent, percent), i)?.id === 'canary',
    );
    for (let from = 0; from + 200 <= picks.length; from += 50) {
      const share = picks.slice(from, from + 200).filter(Boolean).length;
      expect(Math.abs(share - 2 * percent)).toBeLessThanOrEqual(2);
    }
  },
);

test.each([2, 3, 4, 5, 7])('a client that sends every %i-th request gets the same split', (step) => {
  const picks = Array.from({ length: 1_000 }, (_, i) => pickRevision(split(90, 10), i * step)?.id === 'canary');
  const share = picks.filter(Boolean).length;
  expect(Math.abs(share - 100)).toBeLessThanOrEqual(6);
});

test.each([
  ['weight 0 never gets traffic', split(100, 0), 'stable'],
  ['weight 100 gets all traffic', split(0, 100), 'canary'],
  ['with no weights at all the stable revision serves', split(0, 0), 'stable'],
])('%s', (_name, revisions, id) => {
  for (let i = 0; i < 500; i += 1) expect(pickRevision(revisions, i)?.id).toBe(id);
});

test('no revision, no pick', () => expect(pickRevision([], 0)).toBeNull());
