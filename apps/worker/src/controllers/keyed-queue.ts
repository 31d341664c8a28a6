/** FIRST_RETRY_MS and LONGEST_RETRY_MS bound how soon a failed reconcile is tried again. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** MAX_TIMER_MS is what setTimeout can hold; later wake-ups come from the resync. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** KeyedQueue runs one piece of work for a key at a time; a key asked for while it is worked on is worked on once more. */
export interface KeyedQueue {
  /** request asks for the key to be worked on; it resolves when work that began after the call has succeeded or failed. */
  request(key: string): Promise<void>;
  requestAt(key: string, at: Date): void;
  /** close starts nothing new and waits for what runs. */
  close(): Promise<void>;
}

interface Entry {
  running: Promise<void> | null;
  next: PromiseWithResolvers<void> | null;
  timer: NodeJS.Timeout | null;
  wakeAt: number;
  failures: number;
}

/** createKeyedQueue works keys off through `work`; an error is told and the key tried again, later each time. */
export function createKeyedQueue(options: {
  work: (key: string) => Promise<void>;
  onError: (key: string, error: unknown) => void;
  now: () => Date;
}): KeyedQueue {
  const entries = new Map<string, Entry>();
  let isClosed = false;

  function entryOf(key: string): Entry {
    const known = entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry = { running: null, next: null, timer: null, wakeAt: Number.POSITIVE_INFINITY, failures: 0 };
    entries.set(key, entry);
    return entry;
  }

  function start(key: string, entry: Entry, done: PromiseWithResolvers<void>): void {
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.timer = null;
    entry.wakeAt = Number.POSITIVE_INFINITY;
    entry.running = attempt(key, entry).finally(() => {
      done.resolve();
      entry.running = null;
      const { next } = entry;
      entry.next = null;
      if (next !== null && !isClosed) start(key, entry, next);
      else next?.resolve();
      if (entry.running === null && entry.timer === null) entries.delete(key);
    });
  }

  async function attempt(key: string, entry: Entry): Promise<void> {
    try {
      await options.work(key);
      entry.failures = 0;
    } catch (error) {
      options.onError(key, error);
      const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** entry.failures);
      entry.failures = Math.min(entry.failures + 1, 20);
      wake(key, entry, options.now().getTime() + delay);
    }
  }

  function wake(key: string, entry: Entry, at: number): void {
    if (isClosed || at >= entry.wakeAt) return;
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.wakeAt = at;
    const delay = Math.min(MAX_TIMER_MS, Math.max(0, at - options.now().getTime()));
    entry.timer = setTimeout(() => {
      entry.timer = null;
      entry.wakeAt = Number.POSITIVE_INFINITY;
      void request(key);
    }, delay);
  }

  function request(key: string): Promise<void> {
    if (isClosed) return Promise.resolve();
    const entry = entryOf(key);
    if (entry.running !== null) {
      entry.next ??= Promise.withResolvers<void>();
      return entry.next.promise;
    }
    const done = Promise.withResolvers<void>();
    start(key, entry, done);
    return done.promise;
  }

  return {
    request,
    requestAt: (key, at) => wake(key, entryOf(key), at.getTime()),
    async close() {
      isClosed = true;
      for (const entry of entries.values()) if (entry.timer !== null) clearTimeout(entry.timer);
      await Promise.all([...entries.values()].map((entry) => entry.running));
    },
  };
}
