import { describe, expect, test } from 'vitest';
import type { TokenMask } from '../runner/port.ts';
import { GREEDY, type SamplingParameters } from './parameters.ts';
import { createRandom } from './random.ts';
import { Sampler, sampleRow } from './sampler.ts';

const NO_PROMPT = { promptTokens: new Int32Array(0), mask: null };
const OPEN = { temperature: 1, topK: 0, topP: 1, minP: 0 };

/** logitsOf makes logits whose probabilities at temperature 1 are the given ones. */
const logitsOf = (...probabilities: number[]) => Float32Array.from(probabilities, Math.log);

/** reachable lists which tokens are drawn over the whole range of random points. */
function reachable(logits: Float32Array, parameters: Partial<SamplingParameters>): number[] {
  const points = Array.from({ length: 1000 }, (_, index) => (index + 0.5) / 1000);
  const drawn = new Set(points.map((point) => sampleRow(logits, { ...OPEN, ...parameters }, point)));
  return [...drawn].sort((left, right) => left - right);
}

describe('sampleRow', () => {
  const row = logitsOf(0.05, 0.4, 0.3, 0.15, 0.1);
  const cases: Record<string, { parameters: Partial<SamplingParameters>; tokens: number[] }> = {
    'without limits every token can be drawn': { parameters: {}, tokens: [0, 1, 2, 3, 4] },
    'top-k leaves the k most likely': { parameters: { topK: 2 }, tokens: [1, 2] },
    'top-p leaves the smallest set that reaches p': { parameters: { topP: 0.65 }, tokens: [1, 2] },
    'top-p includes the token that reaches p': { parameters: { topP: 0.75 }, tokens: [1, 2, 3] },
    'a tiny top-p leaves the best': { parameters: { topP: 0.01 }, tokens: [1] },
    'min-p leaves those with that share of the best': { parameters: { minP: 0.3 }, tokens: [1, 2, 3] },
    'top-p after top-k takes its share of what top-k left': { parameters: { topK: 2, topP: 0.5 }, tokens: [1] },
    'a low temperature sharpens': { parameters: { temperature: 0.01 }, tokens: [1] },
  };
  test.each(Object.entries(cases))('%s', (_, { parameters, tokens }) => {
    expect(reachable(row, parameters)).toEqual(tokens);
  });

  test('tokens are drawn as often as they are likely', () => {
    const random = createRandom(1);
    const counts = [0, 0, 0, 0, 0];
    for (let draw = 0; draw < 20_000; draw += 1) {
      const token = sampleRow(row, OPEN, random());
      counts[token] = (counts[token] ?? 0) + 1;
    }
    for (const [token, share] of [0.05, 0.4, 0.3, 0.15, 0.1].entries()) {
      expect((counts[token] ?? 0) / 20_000).toBeCloseTo(share, 1);
    }
  });

  test('forbidden tokens are never drawn, not even at the edges', () => {
    const masked = logitsOf(0.5, 0, 0.5, 0);
    for (const point of [0, 0.4999, 0.5, 0.999999999]) {
      expect([0, 2]).toContain(sampleRow(masked, OPEN, point));
    }
  });
});

describe('Sampler', () => {
  test('greedy takes the best token, the lower id on a tie', () => {
    const sampler = new Sampler(GREEDY, NO_PROMPT);
    expect(sampler.sample(Float32Array.of(1, 3, 3, 2)).token).toBe(1);
  });

  test('the same seed draws the same tokens, another seed others', () => {
    const row = Float32Array.from({ length: 100 }, (_, token) => Math.sin(token));
    const drawWith = (seed: number) => {
      const sampler = new Sampler({ ...GREEDY, temperature: 1, seed }, NO_PROMPT);
      return Array.from({ length: 20 }, () => sampler.sample(row).token);
    };
    expect(drawWith(7)).toEqual(drawWith(7));
    expect(drawWith(7)).not.toEqual(drawWith(8));
    expect(drawWith(2 ** 40)).not.toEqual(drawWith(2 ** 41));
  });

  const penalties: Record<string, { parameters: Partial<SamplingParameters>; prompt?: number[]; tokens: number[] }> = {
    'presence lowers a token once it was used': { parameters: { presencePenalty: 2 }, tokens: [0, 1, 0, 0] },
    'frequency lowers it each time': { parameters: { frequencyPenalty: 0.6 }, tokens: [0, 0, 1, 0] },
    'repetition lowers used tokens, and those of the prompt': {
      parameters: { repetitionPenalty: 2 },
      prompt: [0],
      tokens: [1, 0, 0, 0],
    },
    'bias lifts a token over the others': { parameters: { logitBias: new Map([[2, 100]]) }, tokens: [2, 2, 2, 2] },
    'a bias of -100 bans one': { parameters: { logitBias: new Map([[0, -100]]) }, tokens: [1, 1, 1, 1] },
  };
  test.each(Object.entries(penalties))('%s', (_, { parameters, prompt, tokens }) => {
    const promptTokens = Int32Array.from(prompt ?? []);
    const sampler = new Sampler({ ...GREEDY, ...parameters }, { promptTokens, mask: null });
    const row = Float32Array.of(3, 2, 0.5);
    expect(tokens.map(() => sampler.sample(row).token)).toEqual(tokens);
    expect([...row]).toEqual([3, 2, 0.5]);
  });

  test('a mask decides when the first choice is not allowed, and learns what was taken', () => {
    const accepted: number[] = [];
    const mask: TokenMask = {
      allows: (token) => token % 2 === 1,
      mask: (logits) => {
        for (let token = 0; token < logits.length; token += 2) logits[token] = -Infinity;
      },
      accept: (token) => accepted.push(token),
      free: () => undefined,
    };
    const sampler = new Sampler(GREEDY, { ...NO_PROMPT, mask });
    expect(sampler.sample(Float32Array.of(9, 1, 5, 2)).token).toBe(3);
    expect(sampler.sample(Float32Array.of(1, 9, 5, 2)).token).toBe(1);
    expect(accepted).toEqual([3, 1]);
  });

  test('log probabilities are those of the model, before penalties and temperature', () => {
    const parameters = { ...GREEDY, temperature: 0.1, logitBias: new Map([[2, 100]]), topLogprobs: 2 };
    const { token, logprobs } = new Sampler(parameters, NO_PROMPT).sample(logitsOf(0.5, 0.3, 0.2));
    expect(token).toBe(2);
    expect(logprobs?.logprob).toBeCloseTo(Math.log(0.2), 5);
    expect(logprobs?.top.map((entry) => entry.token)).toEqual([0, 1]);
    expect(logprobs?.top[0]?.logprob).toBeCloseTo(Math.log(0.5), 5);
  });

  test('forbidden tokens are not taken even when they are the best', () => {
    expect(new Sampler(GREEDY, NO_PROMPT).sample(Float32Array.of(9, 1, 5), new Set([0])).token).toBe(2);
  });
});
