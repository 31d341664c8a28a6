import { describe, expect, test } from 'vitest';
import { planHostCache } from './host-cache-plan.ts';

const MIB = 1024 * 1024;

describe('planHostCache', () => {
  const cases: Record<string, [{ wantedBytes: number | null; leftBytes: number }, number]> = {
    'by default a quarter of what is left': [{ wantedBytes: null, leftBytes: 400 * MIB }, 100 * MIB],
    'by default never much': [{ wantedBytes: null, leftBytes: 64_000 * MIB }, 256 * MIB],
    'what was asked for': [{ wantedBytes: 3000 * MIB, leftBytes: 4000 * MIB }, 3000 * MIB],
    'never more than what is left': [{ wantedBytes: 3000 * MIB, leftBytes: 100 * MIB }, 100 * MIB],
    'nothing when nothing is left': [{ wantedBytes: null, leftBytes: -5 }, 0],
    'nothing when nothing is wanted': [{ wantedBytes: 0, leftBytes: 400 * MIB }, 0],
  };
  test.each(Object.entries(cases))('%s', (_, [options, bytes]) => {
    expect(planHostCache(options)).toBe(bytes);
  });
});
