import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { GatewaySnapshot } from './snapshot.ts';
import { holdSnapshot, type SnapshotListener } from './snapshot-holder.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function hold() {
  const state = { loads: 0, fails: false, slowMs: 0, closed: 0 };
  const errors: unknown[] = [];
  let listener: SnapshotListener | undefined;
  const empty: GatewaySnapshot = { keys: [], endpoints: [], prices: [] };
  const holder = await holdSnapshot({
    load: async () => {
      state.loads += 1;
      if (state.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, state.slowMs));
      if (state.fails) throw new Error('away');
      return empty;
    },
    subscribe: async (wanted) => {
      listener = wanted;
      return {
        close: async () => {
          state.closed += 1;
        },
      };
    },
    onError: (error) => errors.push(error),
  });
  await vi.advanceTimersByTimeAsync(20);
  state.loads = 0;
  if (listener === undefined) throw new Error('not subscribed');
  return { holder, state, errors, listener };
}

test('a burst of events is one load, within 100 ms', async () => {
  const { state, listener } = await hold();
  for (let i = 0; i < 50; i += 1) {
    listener.onEvent();
    await vi.advanceTimersByTimeAsync(0);
  }
  await vi.advanceTimersByTimeAsync(100);
  expect(state.loads).toBe(1);
});

test('an endless stream of events cannot put off the load', async () => {
  const { state, listener } = await hold();
  for (let i = 0; i < 100; i += 1) {
    listener.onEvent();
    await vi.advanceTimersByTimeAsync(5);
  }
  expect(state.loads).toBeGreaterThanOrEqual(5);
});

test('an event during a load leads to one more load', async () => {
  const { state, listener } = await hold();
  state.slowMs = 50;
  listener.onEvent();
  await vi.advanceTimersByTimeAsync(60);
  listener.onEvent();
  listener.onEvent();
  await vi.advanceTimersByTimeAsync(200);
  expect(state.loads).toBe(2);
});

test.each([
  ['every 5 s while events arrive', false, 10_000, 2],
  ['twice a second while events are lost', true, 10_000, 20],
])('it loads %s', async (_name, isLost, ms, expected) => {
  const { state, listener } = await hold();
  if (isLost) listener.onLost();
  await vi.advanceTimersByTimeAsync(ms);
  expect(Math.abs(state.loads - expected)).toBeLessThanOrEqual(1);
});

test('a failed load keeps what was known and is tried again within a second', async () => {
  const { state, errors, listener, holder } = await hold();
  const known = holder.current();
  state.fails = true;
  listener.onEvent();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([holder.current() === known, state.loads >= 2, errors.length >= 2]).toEqual([true, true, true]);
});

test('those who wait are woken by the next snapshot, by the limit, and by leaving', async () => {
  const { holder, listener } = await hold();
  const woken: string[] = [];
  const left = new AbortController();
  const never = new AbortController().signal;
  void holder.waitForChange(60_000, never).then(() => woken.push('change'));
  void holder.waitForChange(10, never).then(() => woken.push('limit'));
  void holder.waitForChange(60_000, left.signal).then(() => woken.push('left'));
  left.abort();
  await vi.advanceTimersByTimeAsync(12);
  expect(woken).toEqual(['left', 'limit']);
  listener.onEvent();
  await vi.advanceTimersByTimeAsync(50);
  expect(woken).toEqual(['left', 'limit', 'change']);
});

test('closing ends the subscription and every timer', async () => {
  const { holder, state } = await hold();
  await holder.close();
  expect([state.closed, vi.getTimerCount()]).toEqual([1, 0]);
});
