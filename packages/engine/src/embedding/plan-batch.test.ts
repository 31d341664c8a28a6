import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../training/windows.ts';
import { type PendingRequest, planBatch } from './plan-batch.ts';

const LIMITS = { batchTokens: 100, maxInputs: 8 };
const request = (id: number, ...lengths: number[]): PendingRequest => ({ id, lengths });

describe('planBatch', () => {
  const cases: Record<string, { requests: PendingRequest[]; taken: [id: number, inputs: number][] }> = {
    'a lone request fills the batch': { requests: [request(1, 40, 40, 40)], taken: [[1, 2]] },
    'a small request rides along with a large one that was first': {
      requests: [request(1, 30, 30, 30, 30), request(2, 30)],
      taken: [
        [1, 2],
        [2, 1],
      ],
    },
    'an input that has no room waits, and shorter ones of others go on': {
      requests: [request(1, 60, 60), request(2, 30)],
      taken: [
        [1, 1],
        [2, 1],
      ],
    },
    'an input is not overtaken by later ones of its own request': {
      requests: [request(1, 60, 60, 1)],
      taken: [[1, 1]],
    },
    'no more inputs than the batch has places': { requests: [request(1, ...Array(20).fill(1))], taken: [[1, 8]] },
    'nothing to do': { requests: [], taken: [] },
  };
  test.each(Object.entries(cases))('%s', (_, { requests, taken }) => {
    expect([...planBatch(requests, LIMITS)]).toEqual(taken);
  });

  test('whatever waits: the limits hold, and the first in line always gets on', () => {
    const random = randomNumbers(7);
    for (let round = 0; round < 500; round += 1) {
      const requests = Array.from({ length: 1 + Math.floor(random() * 12) }, (_, id) =>
        request(id, ...Array.from({ length: 1 + Math.floor(random() * 6) }, () => 1 + Math.floor(random() * 100))),
      );
      const taken = planBatch(requests, LIMITS);
      const lengths = requests.flatMap(({ id, lengths: all }) => all.slice(0, taken.get(id) ?? 0));
      expect(lengths.length).toBeLessThanOrEqual(LIMITS.maxInputs);
      expect(lengths.reduce((total, length) => total + length, 0)).toBeLessThanOrEqual(LIMITS.batchTokens);
      expect(taken.get(0)).toBeGreaterThan(0);
    }
  });
});
