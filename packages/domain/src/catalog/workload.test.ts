import { describe, expect, it } from 'vitest';
import { parseWorkloadKey, replicaKey, runKey, threadsForSlots } from './workload.ts';

describe('threadsForSlots', () => {
  it.each([
    {
      kind: 'cpu',
      slots: 1,
      threads: 1,
      why: 'half a core still needs one thread',
    },
    { kind: 'cpu', slots: 2, threads: 1, why: 'two slots are one core' },
    { kind: 'cpu', slots: 3, threads: 2, why: 'a started core counts' },
    { kind: 'cpu', slots: 8, threads: 4, why: 'eight slots are four cores' },
    {
      kind: 'gpu',
      slots: 1,
      threads: 2,
      why: 'the host side of a GPU needs two',
    },
    {
      kind: 'mig',
      slots: 4,
      threads: 2,
      why: 'the host side does not grow with instances',
    },
  ] as const)('$kind x $slots gives $threads: $why', ({ kind, slots, threads }) => {
    expect(threadsForSlots(kind, slots)).toBe(threads);
  });
});

describe('workload keys', () => {
  it('come back as what they were made from', () => {
    expect(parseWorkloadKey(replicaKey('revision-1-0'))).toEqual({
      kind: 'replica',
      id: 'revision-1-0',
    });
    expect(parseWorkloadKey(runKey('abc'))).toEqual({ kind: 'run', id: 'abc' });
  });
  it.each(['', 'replica:', 'pod:1', 'run'])('refuse "%s"', (key) => {
    expect(() => parseWorkloadKey(key)).toThrow('is no workload key');
  });
});
