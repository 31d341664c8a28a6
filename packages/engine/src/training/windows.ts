import { TrainingError } from './training-error.ts';

/** Windows are the start positions, in a token stream, of the pieces to learn from and of those to check against. */
export interface Windows {
  train: number[];
  validation: number[];
}

/** splitWindows cuts a token stream into pieces of one context and sets a seeded share of them aside for validation. */
export function splitWindows(input: {
  tokenCount: number;
  contextTokens: number;
  validationFraction: number;
  seed: number;
}): Windows {
  // Every piece needs one token more than the context: the last label.
  const count = Math.floor((input.tokenCount - 1) / input.contextTokens);
  const needed = input.validationFraction > 0 ? 2 : 1;
  if (count < needed) {
    throw new TrainingError(
      `The data set has ${input.tokenCount} tokens, but training with a context of ${input.contextTokens} needs at least ` +
        `${needed * input.contextTokens + 1}${needed === 2 ? ' (one context to learn from, one to check against)' : ''}. ` +
        'Add data or choose a shorter context.',
    );
  }
  const starts = shuffled(
    Array.from({ length: count }, (_, index) => index * input.contextTokens),
    input.seed,
  );
  const validationCount =
    input.validationFraction > 0 ? Math.min(count - 1, Math.max(1, Math.round(count * input.validationFraction))) : 0;
  return {
    validation: starts.slice(0, validationCount).sort((a, b) => a - b),
    train: starts.slice(validationCount).sort((a, b) => a - b),
  };
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
