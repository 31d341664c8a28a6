import { Engine, GREEDY } from '../../src/index.ts';
import { loadLlamaRunner } from '../../src/runner/load-llama-runner.ts';
import { randomPrompt } from '../workloads/random-prompt.ts';

/** DecodeSpec is what one measurement generates. */
export interface DecodeSpec {
  modelPath: string;
  threads: number;
  users: number;
  promptTokens: number;
  outputTokens: number;
}

/** DecodeResult is what decode-ours.ts prints. */
export interface DecodeResult {
  /** decodeTokensPerSecond counts from when every user has its first token, as llama-batched-bench does. */
  decodeTokensPerSecond: number;
  totalTokensPerSecond: number;
  /** prefillTokensPerSecond is all prompts' tokens over the time until every user has its first token. */
  prefillTokensPerSecond: number;
}

const WARM_UP_TOKENS = 16;

// Started as a process of its own, so that every measurement has a new engine, as every run of llama.cpp's tools has.
const [argument] = process.argv.slice(2);
if (argument === undefined) throw new Error('usage: decode-ours.ts <DecodeSpec as JSON>');
const spec: DecodeSpec = JSON.parse(argument);
const contextTokens = spec.promptTokens + spec.outputTokens + WARM_UP_TOKENS;
const { runner } = await loadLlamaRunner({
  modelPath: spec.modelPath,
  threads: spec.threads,
  contextTokens,
  maxSequences: spec.users,
});
const engine = new Engine({ runner, contextTokens });

interface Meter {
  firstTokens: number;
  tokens: number;
  /** allStarted is when the last user got its first token, and how many tokens there were then. */
  allStarted: { atMs: number; tokens: number } | null;
}

async function generate(prompt: Int32Array, maxTokens: number, meter: Meter): Promise<void> {
  const request = { promptTokens: prompt, maxTokens, sampling: GREEDY, ignoreEndOfGeneration: true };
  let isFirst = true;
  for await (const chunk of engine.generate(request)) {
    meter.tokens += chunk.tokens.length;
    if (!isFirst) continue;
    isFirst = false;
    meter.firstTokens += 1;
    if (meter.firstTokens === spec.users) meter.allStarted = { atMs: performance.now(), tokens: meter.tokens };
  }
}

const { vocabSize } = runner.tokenizer;
await generate(randomPrompt(WARM_UP_TOKENS, vocabSize, 1), 2, { firstTokens: 0, tokens: 0, allStarted: null });
const meter: Meter = { firstTokens: 0, tokens: 0, allStarted: null };
const prompts = Array.from({ length: spec.users }, (_, user) => randomPrompt(spec.promptTokens, vocabSize, 100 + user));
const startedMs = performance.now();
await Promise.all(prompts.map((prompt) => generate(prompt, spec.outputTokens, meter)));
const endedMs = performance.now();
runner.close();

const allStarted = meter.allStarted ?? { atMs: endedMs, tokens: meter.tokens };
const result: DecodeResult = {
  decodeTokensPerSecond: ((meter.tokens - allStarted.tokens) * 1000) / (endedMs - allStarted.atMs),
  totalTokensPerSecond: (meter.tokens * 1000) / (endedMs - startedMs),
  prefillTokensPerSecond: (spec.users * spec.promptTokens * 1000) / (allStarted.atMs - startedMs),
};
console.log(JSON.stringify(result));
