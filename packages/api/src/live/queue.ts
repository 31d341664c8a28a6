// A client this far behind reads everything again when it is back; until then the newest changes are enough.
const MAX_WAITING = 1_000;

/** Queue hands values from a callback to a loop. */
export interface Queue<T> {
  push: (value: T) => void;
  items: () => AsyncGenerator<T>;
}

/** createQueue makes a queue whose loop ends when `signal` aborts. */
export function createQueue<T>(signal: AbortSignal | undefined): Queue<T> {
  const waiting: T[] = [];
  let wake: () => void = () => undefined;
  signal?.addEventListener('abort', () => wake());
  return {
    push: (value) => {
      if (waiting.length === MAX_WAITING) waiting.shift();
      waiting.push(value);
      wake();
    },
    items: async function* () {
      while (!signal?.aborted) {
        const value = waiting.shift();
        if (value !== undefined) {
          yield value;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
