import { describe, expect, test } from 'vitest';
import { planHostCache } from './host-cache-plan.ts';

const MIB = 1024 * 1024;

describe('planHostCache', () => {
  const cases: Record<string, [Parameters<typeof planHostCache>[0], number]> = {
    'by default a quarter of what is left': [{ wantedBytes: null, leftBytes: 400 * MIB, layout: 'unified' }, 100 * MIB],
    'by default never much': [{ wantedBytes: null, leftBytes: 64_000 * MIB, layout: 'unified' }, 256 * MIB],
    'nothing by default beside a split cache': [{ wantedBytes: null, leftBytes: 400 * MIB, layout: 'split' }, 0],
    'what was asked for': [{ wantedBytes: 3000 * MIB, leftBytes: 4000 * MIB, layout: 'unified' }, 3000 * MIB],
    'never more than what is left': [{ wantedBytes: 3000 * MIB, leftBytes: 100 * MIB, layout: 'unified' }, 100 * MIB],
    'nothing when nothing is left': [{ wantedBytes: null, leftBytes: -5, layout: 'unified' }, 0],
    'nothing when nothing is wanted': [{ wantedBytes: 0, leftBytes: 400 * MIB, layout: 'unified' }, 0],
  };
  test.each(Object.entries(cases))('%s', (_, [options, bytes]) => {
    expect(planHostCache(options)).toBe(bytes);
  });
});
