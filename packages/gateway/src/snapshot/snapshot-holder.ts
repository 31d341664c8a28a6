import { indexSnapshot, type SnapshotIndex } from './index-snapshot.ts';
import type { GatewaySnapshot } from './snapshot.ts';

/** SnapshotListener is told about changes by whatever `subscribe` listens to. */
export interface SnapshotListener {
  onEvent(): void;
  /** onLost says that events may be missed from now on, so the holder polls. */
  onLost(): void;
  onReconnect(): void;
}

/** Subscribe starts to deliver change events until closed. */
export type Subscribe = (listener: SnapshotListener) => Promise<{ close(): Promise<void> }>;

/** SnapshotHolder keeps the newest snapshot and wakes those who wait for a change. */
export interface SnapshotHolder {
  current(): SnapshotIndex;
  ageMs(): number;
  /** waitForChange ends with the next snapshot, after timeoutMs, or when the signal aborts. */
  waitForChange(timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** freshen ends when a load that began after the call is done, at the latest after timeoutMs. */
  freshen(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

/** EVENT_DELAY_MS joins a burst of events into one load and leaves most of the 100 ms to the load itself. */
const EVENT_DELAY_MS = 15;
/** EVENT_GAP_MS spaces loads under a stream of events, so that a busy platform does not load without pause. */
const EVENT_GAP_MS = 50;
/** POLL_MS bounds how long a lost event can matter. */
const POLL_MS = 5_000;
/** POLL_LOST_MS keeps a revoked key's life under a second while no events arrive. */
const POLL_LOST_MS = 500;

/** holdSnapshot loads the snapshot once, then again on every event, on reconnect and periodically. */
export async function holdSnapshot(options: {
  load: () => Promise<GatewaySnapshot>;
  subscribe: Subscribe;
  onError: (error: unknown) => void;
}): Promise<SnapshotHolder> {
  let index = indexSnapshot(await options.load());
  let loadedAt = performance.now();
  let isClosed = false;
  let isLost = false;
  let isLoading = false;
  let isStale = false;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = 0;
  let startedAt = loadedAt;
  // When the load began whose result is current.
  let newestStartedAt = loadedAt;
  const waiters = new Set<() => void>();

  const schedule = (delayMs: number) => {
    clearTimeout(timer);
    dueAt = performance.now() + delayMs;
    if (!isClosed) timer = setTimeout(() => void reload(), delayMs);
  };
  const eventDelay = () => Math.max(EVENT_DELAY_MS, startedAt + EVENT_GAP_MS - performance.now());
  const idleDelay = () => (isLost ? POLL_LOST_MS : POLL_MS);
  async function reload(): Promise<void> {
    if (isLoading) {
      isStale = true;
      return;
    }
    isLoading = true;
    isStale = false;
    startedAt = performance.now();
    let failed = false;
    try {
      index = indexSnapshot(await options.load());
      loadedAt = performance.now();
      newestStartedAt = startedAt;
      for (const wake of waiters) wake();
    } catch (error) {
      failed = true;
      options.onError(error);
    }
    isLoading = false;
    // Failed loads are tried again soon: requests go on with the last snapshot meanwhile.
    schedule(isStale ? eventDelay() : failed ? POLL_LOST_MS : idleDelay());
  }
  const refresh = () => {
    const delayMs = eventDelay();
    if (isLoading) isStale = true;
    // A load that is due sooner stays, or a stream of events would put it off for ever.
    else if (dueAt > performance.now() + delayMs) schedule(delayMs);
  };

  const subscription = await options.subscribe({
    onEvent: refresh,
    onLost() {
      isLost = true;
      refresh();
    },
    onReconnect() {
      isLost = false;
      refresh();
    },
  });
  // An event between the first load and the subscription would have been missed.
  schedule(EVENT_DELAY_MS);

  const waitForChange = (timeoutMs: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timeout);
        waiters.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timeout = setTimeout(done, timeoutMs);
      waiters.add(done);
      signal.addEventListener('abort', done);
      if (signal.aborted || isClosed) done();
    });

  const never = new AbortController().signal;

  return {
    current: () => index,
    ageMs: () => performance.now() - loadedAt,
    waitForChange,
    async freshen(timeoutMs) {
      const askedAt = performance.now();
      refresh();
      while (newestStartedAt < askedAt && !isClosed) {
        const leftMs = askedAt + timeoutMs - performance.now();
        if (leftMs <= 0) return;
        await waitForChange(leftMs, never);
      }
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      for (const wake of waiters) wake();
      await subscription.close();
    },
  };
}
