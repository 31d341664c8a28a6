import type { Tokenizer } from '../runner/port.ts';
import type { TokenLogprobs } from '../sampling/logprobs.ts';
import type { Sequence } from '../scheduler/sequence.ts';
import type { FinishReason } from './generation.ts';
import type { EngineObserver } from './observer.ts';

const NO_LOGPROBS: readonly TokenLogprobs[] = [];
const NOTHING = new Uint8Array(0);
const NONE: ReadonlySet<number> = new Set();

/** TokenWriter samples the tokens of a sequence from what a step computed, and writes them into its generation. */
export class TokenWriter {
  private readonly tokenizer: Tokenizer;
  private readonly observer: EngineObserver;
  private readonly nowMs: () => number;
  private endTokens: ReadonlySet<number> | null = null;

  constructor(options: { tokenizer: Tokenizer; observer: EngineObserver; nowMs: () => number }) {
    this.tokenizer = options.tokenizer;
    this.observer = options.observer;
    this.nowMs = options.nowMs;
  }

  /**
   * write samples one token, and another for each of the `drafted` guesses that turned out right; it returns how many did.
   * A guess is right when it is what the sampler takes at its place, so an answer is the same with and without guesses.
   * `results` gives a row of logits, or just its best token; null says that the best one may not be taken, so that the
   * row must be computed again.
   */
  write(sequence: Sequence, drafted: number, results: (place: number) => Float32Array | number): number | null {
    const nowMs = this.nowMs();
    for (let place = 0; place <= drafted; place += 1) {
      const token = this.take(sequence, results(place), nowMs);
      if (token === null) return null;
      if (place === drafted || token !== sequence.draft[place] || sequence.end !== null) return place;
    }
    return drafted;
  }

  private take(sequence: Sequence, result: Float32Array | number, nowMs: number): number | null {
    const { request } = sequence;
    const mayEnd = request.ignoreEndOfGeneration !== true && sequence.generatedTokens >= (request.minTokens ?? 0);
    const forbidden = mayEnd ? NONE : this.allEndTokens();
    if (typeof result === 'number' && forbidden.has(result)) {
      sequence.needsRow = true;
      return null;
    }
    const { token, logprobs } =
      typeof result === 'number' ? sequence.sampler.take(result) : sequence.sampler.sample(result, forbidden);
    sequence.append(token);
    this.stamp(sequence, nowMs);
    const isEnd = this.tokenizer.isEndOfGeneration(token);
    const piece = isEnd
      ? sequence.output.push(NOTHING, '')
      : sequence.output.push(this.tokenizer.tokenBytes(token), this.tokenizer.tokenText(token));
    const finishReason = finishReasonOf(sequence, isEnd || piece.stop !== null);
    const rest = finishReason === null ? '' : sequence.output.finish().text;
    if (finishReason !== null) sequence.end = { reason: finishReason, error: null };
    sequence.generation.push({
      text: piece.text + rest,
      tokens: [token],
      logprobs: logprobs === null || isEnd ? NO_LOGPROBS : [logprobs],
      finishReason,
    });
    return token;
  }

  private stamp(sequence: Sequence, nowMs: number): void {
    if (sequence.lastTokenMs === null) {
      sequence.firstTokenMs = nowMs;
      this.observer.onFirstToken?.(nowMs - sequence.arrivedMs);
    } else {
      this.observer.onNextToken?.(nowMs - sequence.lastTokenMs);
    }
    sequence.lastTokenMs = nowMs;
  }

  private allEndTokens(): ReadonlySet<number> {
    if (this.endTokens === null) {
      const tokens = Array.from({ length: this.tokenizer.vocabSize }, (_, token) => token);
      this.endTokens = new Set(tokens.filter((token) => this.tokenizer.isEndOfGeneration(token)));
    }
    return this.endTokens;
  }
}

function finishReasonOf(sequence: Sequence, isStopped: boolean): FinishReason | null {
  if (isStopped) return 'stop';
  return sequence.generatedTokens >= sequence.maxTokens ? 'length' : null;
}
