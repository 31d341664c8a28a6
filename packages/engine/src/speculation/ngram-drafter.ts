import type { Drafter, DraftRequest } from './drafter.ts';

/** NgramOptions bound what the n-gram drafter looks for. */
export interface NgramOptions {
  /** draftTokens is the longest guess (default 8). */
  draftTokens?: number;
  /** longestMatch and shortestMatch are how many last tokens must stand earlier in the sequence (default 4 and 2). */
  longestMatch?: number;
  shortestMatch?: number;
}

const NOTHING = new Int32Array(0);

/**
 * NgramDrafter guesses that text goes on as it did the last time the same few tokens stood in it (prompt lookup decoding,
 * Saxena 2023). It costs no model and pays where answers repeat their prompt: summaries, edits, code, JSON.
 */
export class NgramDrafter implements Drafter {
  readonly draftTokens: number;
  private readonly longestMatch: number;
  private readonly shortestMatch: number;

  constructor(options: NgramOptions = {}) {
    this.draftTokens = options.draftTokens ?? 8;
    this.longestMatch = options.longestMatch ?? 4;
    this.shortestMatch = options.shortestMatch ?? 2;
  }

  draft(requests: readonly DraftRequest[]): Promise<readonly Int32Array[]> {
    return Promise.resolve(requests.map((request) => this.guess(request)));
  }

  forget(): void {}

  close(): void {}

  private guess({ tokens, maxTokens }: DraftRequest): Int32Array {
    const count = Math.min(maxTokens, this.draftTokens);
    for (let length = this.longestMatch; length >= this.shortestMatch; length -= 1) {
      const from = lastOccurrence(tokens, length);
      if (from !== null) return tokens.slice(from, Math.min(from + count, tokens.length));
    }
    return NOTHING;
  }
}

/** lastOccurrence finds where the last `length` tokens stood before, and returns the place after them; null if nowhere. */
function lastOccurrence(tokens: Int32Array, length: number): number | null {
  const tail = tokens.length - length;
  for (let start = tail - 1; start >= 0; start -= 1) {
    let matched = 0;
    while (matched < length && tokens[start + matched] === tokens[tail + matched]) matched += 1;
    if (matched === length) return start + length;
  }
  return null;
}
