import { expect, test, vi } from 'vitest';
import { createCoalescer } from './coalescer.ts';

test('a burst of events is one flush with each key once, and the next burst flushes again', () => {
  vi.useFakeTimers();
  const flushed: string[][] = [];
  const coalescer = createCoalescer<string>(250, (keys) => flushed.push(keys));
  for (const key of ['serving', 'quota', 'serving', 'serving']) coalescer.add(key);
  expect(flushed).toEqual([]);
  vi.advanceTimersByTime(250);
  coalescer.add('serving');
  vi.advanceTimersByTime(250);
  expect(flushed).toEqual([['serving', 'quota'], ['serving']]);
  vi.useRealTimers();
});
