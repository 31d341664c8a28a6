'use client';
import { useSyncExternalStore } from 'react';

// One ticker serves every age on the page; 1 s is as fine as an age is shown.
const TICK_MS = 1_000;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

function snapshot(): number {
  // Nobody ticked for a while (first render after all listeners left): do not show a stale age.
  if (timer === undefined && Date.now() - now > TICK_MS) now = Date.now();
  return now;
}

/** useNow is the present in milliseconds, renewed every second, so that ages count by themselves. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, snapshot, snapshot);
}
