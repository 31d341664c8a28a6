import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKeyedQueue } from './keyed-queue.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A queue whose work ends when the test says so. */
function openQueue() {
  const running: { key: string; end: (error?: Error) => void }[] = [];
  const log: string[] = [];
  const queue = createKeyedQueue({
    now: () => new Date(),
    onError: (key, error) => log.push(`${key} failed: ${String(error)}`),
    work: (key) =>
      new Promise((resolve, reject) => {
        log.push(`${key} began`);
        running.push({
          key,
          end(error) {
            running.splice(running.indexOf(this), 1);
            if (error) reject(error);
            else resolve();
          },
        });
      }),
  });
  return { queue, running, log };
}
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('the keyed queue', () => {
  it('works on different keys at once and on one key once at a time', async () => {
    const { queue, running } = openQueue();
    for (const key of ['a', 'b', 'a', 'a']) void queue.request(key);
    expect(running.map((one) => one.key)).toEqual(['a', 'b']);
  });
  it('works once more on a key that was asked for meanwhile, however often', async () => {
    const { queue, running, log } = openQueue();
    for (let i = 0; i < 5; i += 1) void queue.request('a');
    running[0]?.end();
    await settle();
    running[0]?.end();
    await settle();
    expect(log).toEqual(['a began', 'a began']);
    expect(running).toEqual([]);
  });
  it('resolves a request only after work that began after it', async () => {
    const { queue, running } = openQueue();
    const first = queue.request('a');
    let isSecondDone = false;
    const second = queue.request('a').then(() => {
      isSecondDone = true;
    });
    running[0]?.end();
    await first;
    await settle();
    expect(isSecondDone).toBe(false);
    running[0]?.end();
    await second;
    expect(isSecondDone).toBe(true);
  });
  it('tries a failed key again, later each time', async () => {
    const { queue, running, log } = openQueue();
    void queue.request('a');
    for (const delay of [500, 1_000, 2_000]) {
      running[0]?.end(new Error('no'));
      await vi.advanceTimersByTimeAsync(delay - 1);
      expect(running).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(running).toHaveLength(1);
    }
    expect(log.filter((line) => line.includes('failed'))).toHaveLength(3);
  });
  it('wakes a key at its time, the earliest asked for', async () => {
    const { queue, running } = openQueue();
    queue.requestAt('a', new Date(Date.now() + 5_000));
    queue.requestAt('a', new Date(Date.now() + 2_000));
    queue.requestAt('a', new Date(Date.now() + 9_000));
    await vi.advanceTimersByTimeAsync(1_999);
    expect(running).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(running).toHaveLength(1);
  });
  it('keeps a wake-up that work asks for while it runs', async () => {
    const { queue, running } = openQueue();
    void queue.request('a');
    queue.requestAt('a', new Date(Date.now() + 1_000));
    running[0]?.end();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(running).toHaveLength(1);
  });
  it('waits for what runs when it is closed, and begins nothing more', async () => {
    const { queue, running, log } = openQueue();
    void queue.request('a');
    void queue.request('a');
    queue.requestAt('b', new Date(Date.now() + 10));
    const closed = queue.close();
    running[0]?.end();
    await closed;
    await vi.advanceTimersByTimeAsync(1_000);
    await queue.request('c');
    expect(log).toEqual(['a began']);
  });
});
