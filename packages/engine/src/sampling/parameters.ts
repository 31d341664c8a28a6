/** SamplingParameters says how the next token is chosen; temperature 0 is greedy. */
export interface SamplingParameters {
  temperature: number;
  topP: number;
  /** topK 0 and minP 0 are off. */
  topK: number;
  minP: number;
  presencePenalty: number;
  frequencyPenalty: number;
  /** repetitionPenalty 1 is off. */
  repetitionPenalty: number;
  logitBias: ReadonlyMap<number, number>;
  seed: number;
  /** topLogprobs asks for log probabilities of the chosen token and of so many others; null: none at all. */
  topLogprobs: number | null;
}

/** GREEDY always takes the most likely token. */
export const GREEDY: SamplingParameters = {
  temperature: 0,
  topP: 1,
  topK: 0,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repetitionPenalty: 1,
  logitBias: new Map(),
  seed: 0,
  topLogprobs: null,
};
