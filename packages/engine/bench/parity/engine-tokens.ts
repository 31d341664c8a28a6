import { Engine, GREEDY } from '../../src/index.ts';
import { loadLlamaRunner } from '../../src/runner/load-llama-runner.ts';
import type { ParityInput } from './llama-tokens.ts';

/** engineTokens is what our engine answers greedily, the prompts all together or each alone. */
export async function engineTokens(
  input: ParityInput & { batchInvariant: boolean; isTogether: boolean; kernels: boolean },
): Promise<number[][]> {
  const { prompts, modelPath, threads, batchInvariant, kernels } = input;
  const contextTokens = Math.max(...prompts.map((prompt) => prompt.length)) + input.tokens + 8;
  // Room for all of them in both cases: in tight memory blocks are reused out of order, which rounds differently.
  const maxSequences = prompts.length;
  const options = { modelPath, threads, contextTokens, maxSequences, batchInvariant, kernels };
  const { runner } = await loadLlamaRunner(options);
  const engine = new Engine({ runner, contextTokens });
  const generate = async (prompt: readonly number[], number: number) => {
    const tokens: number[] = [];
    const generation = engine.generate({
      promptTokens: Int32Array.from(prompt),
      maxTokens: input.tokens,
      sampling: GREEDY,
      ignoreEndOfGeneration: true,
      // Nothing comes from the cache, as on the other side.
      cacheSalt: String(number),
    });
    for await (const chunk of generation) tokens.push(...chunk.tokens);
    return tokens;
  };
  try {
    if (input.isTogether) return await Promise.all(prompts.map(generate));
    const all: number[][] = [];
    for (const [number, prompt] of prompts.entries()) all.push(await generate(prompt, number));
    return all;
  } finally {
    runner.close();
  }
}
