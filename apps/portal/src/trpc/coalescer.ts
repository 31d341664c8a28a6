/** Coalescer gathers keys and hands them over together, at most once in its time. */
export interface Coalescer<Key> {
  add(key: Key): void;
}

/** createCoalescer calls `flush` with the distinct keys that came within `waitMs` of the first. */
export function createCoalescer<Key>(waitMs: number, flush: (keys: Key[]) => void): Coalescer<Key> {
  const keys = new Set<Key>();
  return {
    add: (key) => {
      keys.add(key);
      if (keys.size > 1) return;
      setTimeout(() => {
        const gathered = [...keys];
        keys.clear();
        flush(gathered);
      }, waitMs);
    },
  };
}
