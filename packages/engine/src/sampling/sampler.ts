import type { TokenMask } from '../runner/port.ts';
import { argMax } from './arg-max.ts';
import { largestIndices, readLogprobs, type TokenLogprobs } from './logprobs.ts';
import type { SamplingParameters } from './parameters.ts';
import { createRandom, type Random } from './random.ts';

/** SampledToken is a chosen token, with log probabilities of the unchanged distribution where they were asked for. */
export interface SampledToken {
  token: number;
  logprobs: TokenLogprobs | null;
}

const NONE: ReadonlySet<number> = new Set();

/** Sampler chooses the tokens of one sequence; it remembers what was generated, for the penalties. */
export class Sampler {
  private readonly parameters: SamplingParameters;
  private readonly random: Random;
  private readonly counts = new Map<number, number>();
  private readonly promptTokens: Set<number>;
  private readonly mask: TokenMask | null;

  constructor(parameters: SamplingParameters, options: { promptTokens: Int32Array; mask: TokenMask | null }) {
    this.parameters = parameters;
    this.random = createRandom(parameters.seed);
    this.mask = options.mask;
    // Only the repetition penalty looks at the prompt.
    this.promptTokens = new Set(parameters.repetitionPenalty === 1 ? [] : options.promptTokens);
  }

  /** isPlainGreedy says that the most likely token is always taken and nothing else is asked of a row. */
  get isPlainGreedy(): boolean {
    const { temperature, topLogprobs } = this.parameters;
    return temperature === 0 && topLogprobs === null && this.mask === null && !this.needsCopy(NONE);
  }

  /** take notes a token that was chosen elsewhere. */
  take(token: number): SampledToken {
    this.counts.set(token, (this.counts.get(token) ?? 0) + 1);
    return { token, logprobs: null };
  }

  /** sample chooses the next token from a row of logits, which is left as it was. */
  sample(row: Float32Array, forbidden: ReadonlySet<number> = NONE): SampledToken {
    const logits = this.needsCopy(forbidden) ? this.adjusted(row, forbidden) : row;
    let token = this.choose(logits, forbidden);
    if (this.mask !== null) {
      if (!this.mask.allows(token)) {
        // Most tokens are allowed most of the time, so the whole vocabulary is masked only after a miss.
        const masked = logits.slice();
        for (const end of forbidden) masked[end] = -Infinity;
        this.mask.mask(masked);
        token = this.choose(masked, forbidden);
        if (masked[token] === -Infinity) throw new Error('The grammar allows no further token');
      }
      this.mask.accept(token);
    }
    this.counts.set(token, (this.counts.get(token) ?? 0) + 1);
    const { topLogprobs } = this.parameters;
    return { token, logprobs: topLogprobs === null ? null : readLogprobs(row, token, topLogprobs) };
  }

  private needsCopy(forbidden: ReadonlySet<number>): boolean {
    const { presencePenalty, frequencyPenalty, repetitionPenalty, logitBias } = this.parameters;
    const hasPenalty = presencePenalty !== 0 || frequencyPenalty !== 0 || repetitionPenalty !== 1;
    return hasPenalty || logitBias.size > 0 || (forbidden.size > 0 && this.parameters.temperature !== 0);
  }

  private adjusted(row: Float32Array, forbidden: ReadonlySet<number>): Float32Array {
    const { presencePenalty, frequencyPenalty, repetitionPenalty, logitBias } = this.parameters;
    const logits = row.slice();
    if (repetitionPenalty !== 1) {
      for (const token of new Set([...this.promptTokens, ...this.counts.keys()])) {
        const logit = logits[token] ?? 0;
        logits[token] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
      }
    }
    for (const [token, count] of this.counts) {
      logits[token] = (logits[token] ?? 0) - presencePenalty - frequencyPenalty * count;
    }
    for (const [token, bias] of logitBias) {
      if (token < logits.length) logits[token] = (logits[token] ?? 0) + bias;
    }
    for (const token of forbidden) logits[token] = -Infinity;
    return logits;
  }

  private choose(logits: Float32Array, forbidden: ReadonlySet<number>): number {
    if (this.parameters.temperature !== 0) return sampleRow(logits, this.parameters, this.random());
    const token = argMax(logits);
    if (!forbidden.has(token)) return token;
    // Copying the row for a token that is rarely the best one would cost more than looking twice.
    const allowed = logits.slice();
    for (const other of forbidden) allowed[other] = -Infinity;
    return argMax(allowed);
  }
}

interface Candidates {
  tokens: number[];
  weights: number[];
}

/** sampleRow draws a token: temperature first, then top-k, min-p and top-p, then the draw at `point` in [0, 1). */
export function sampleRow(
  logits: Float32Array,
  parameters: Pick<SamplingParameters, 'temperature' | 'topK' | 'topP' | 'minP'>,
  point: number,
): number {
  const best = argMax(logits);
  const scale = 1 / parameters.temperature;
  const top = logits[best] as number;
  // Weights are relative to the best token, which has weight 1.
  const weights = new Float32Array(logits.length);
  let total = 0;
  for (let token = 0; token < logits.length; token += 1) {
    const weight = Math.exp(((logits[token] as number) - top) * scale);
    weights[token] = weight;
    total += weight;
  }
  if (parameters.topK === 0 && parameters.minP === 0 && parameters.topP >= 1) {
    return draw({ tokens: [], weights: [] }, { all: weights, total, point, best });
  }
  return draw(select(weights, total, parameters), { all: null, total, point, best });
}

function select(
  weights: Float32Array,
  total: number,
  { topK, topP, minP }: Pick<SamplingParameters, 'topK' | 'topP' | 'minP'>,
): Candidates {
  // Tokens below this weight have together less than 1 - topP, so none of them can be in the nucleus. The nucleus of the
  // k best or of those above min-p is taken of a smaller sum, for which the bound does not hold.
  const nucleusFloor = topK === 0 && minP === 0 ? ((1 - topP) * total) / weights.length : 0;
  const order = topK > 0 ? largestIndices(weights, topK).filter((token) => (weights[token] as number) >= minP) : [];
  if (topK === 0) {
    const floor = Math.max(minP, nucleusFloor);
    for (let token = 0; token < weights.length; token += 1) {
      const weight = weights[token] as number;
      if (weight >= floor && weight > 0) order.push(token);
    }
    order.sort((left, right) => (weights[right] as number) - (weights[left] as number) || left - right);
  }
  const mass = order.reduce((sum, token) => sum + (weights[token] as number), 0);
  const goal = (nucleusFloor > 0 ? total : mass) * topP;
  const tokens: number[] = [];
  let reached = 0;
  for (const token of order) {
    tokens.push(token);
    reached += weights[token] as number;
    if (reached >= goal) break;
  }
  return { tokens, weights: tokens.map((token) => weights[token] as number) };
}

function draw(
  candidates: Candidates,
  { all, total, point, best }: { all: Float32Array | null; total: number; point: number; best: number },
): number {
  const weights = all ?? candidates.weights;
  const sum = all === null ? candidates.weights.reduce((left, right) => left + right, 0) : total;
  let left = point * sum;
  for (let index = 0; index < weights.length; index += 1) {
    left -= weights[index] as number;
    if (left < 0) return all === null ? (candidates.tokens[index] ?? best) : index;
  }
  // Rounding can leave a rest behind the last candidate.
  return candidates.tokens.at(-1) ?? best;
}
