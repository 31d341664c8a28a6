import { TrainingError } from './training-error.ts';

/** Window is a piece of a token stream that is learned in one step: it starts with a document and counts whole documents. */
export interface Window {
  start: number;
  /** end is where the last whole document ends; what follows in the context is read but not learned. */
  end: number;
}

/** Windows are the pieces to learn from and those to check against; no token counts in two of them. */
export interface Windows {
  train: Window[];
  validation: Window[];
}

/** splitWindows cuts a token stream into pieces of one context and sets a seeded share of them aside for validation. */
export function splitWindows(input: {
  tokenCount: number;
  /** documentStarts are the positions at which documents begin, ascending, from 0. */
  documentStarts: readonly number[];
  contextTokens: number;
  validationFraction: number;
  seed: number;
}): Windows {
  const { tokenCount, contextTokens, validationFraction } = input;
  const windows = cutWindows(tokenCount, input.documentStarts, contextTokens);
  const needed = validationFraction > 0 ? 2 : 1;
  if (windows.length < needed || tokenCount < needed * contextTokens) {
    throw new TrainingError(
      `The data set has ${tokenCount} tokens, but training with a context of ${contextTokens} needs at least ` +
        `${needed * contextTokens}${needed === 2 ? ' (one context to learn from, one to check against)' : ''}. ` +
        'Add data or choose a shorter context.',
    );
  }
  const validationCount =
    validationFraction > 0
      ? Math.min(windows.length - 1, Math.max(1, Math.round(windows.length * validationFraction)))
      : 0;
  const mixed = shuffled(windows, input.seed);
  const byStart = (a: Window, b: Window) => a.start - b.start;
  return {
    validation: mixed.slice(0, validationCount).sort(byStart),
    train: mixed.slice(validationCount).sort(byStart),
  };
}

function cutWindows(tokenCount: number, documentStarts: readonly number[], contextTokens: number): Window[] {
  const windows: Window[] = [];
  const boundaries = [...documentStarts.slice(1), tokenCount];
  let start = 0;
  let next = 0;
  while (start < tokenCount) {
    // A context of n tokens predicts n, and the first token of a window is predicted by nothing.
    const most = Math.min(start + contextTokens + 1, tokenCount);
    let end = most;
    while (next < boundaries.length && (boundaries[next] ?? tokenCount) <= most) {
      end = boundaries[next] ?? tokenCount;
      next += 1;
    }
    windows.push({ start, end });
    start = end;
  }
  return windows;
}

/** shuffled returns the items in an order that depends on the seed alone. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = randomNumbers(seed);
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** randomNumbers returns a generator of uniform numbers in [0, 1) (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
