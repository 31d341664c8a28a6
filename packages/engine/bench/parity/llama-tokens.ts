import { z } from 'zod';
import { startLlamaServer } from '../servers/llama-server.ts';

const answer = z.object({ tokens: z.array(z.number()) });

/** ParityInput is what both sides generate from. */
export interface ParityInput {
  modelPath: string;
  threads: number;
  prompts: readonly (readonly number[])[];
  tokens: number;
}

/** llamaTokens is what llama-server answers greedily, one request at a time and nothing from a cache. */
export async function llamaTokens(binary: string, input: ParityInput): Promise<number[][]> {
  const { modelPath, threads } = input;
  const longest = Math.max(...input.prompts.map((prompt) => prompt.length));
  const contextTokens = longest + input.tokens + 8;
  const server = await startLlamaServer(binary, { modelPath, threads, contextTokens, maxSequences: 1 });
  try {
    const all: number[][] = [];
    for (const prompt of input.prompts) {
      const response = await fetch(`http://127.0.0.1:${server.port}/completion`, {
        method: 'POST',
        body: JSON.stringify({
          prompt,
          n_predict: input.tokens,
          temperature: 0,
          ignore_eos: true,
          cache_prompt: false,
          return_tokens: true,
        }),
      });
      if (!response.ok) throw new Error(`llama-server answered ${response.status}: ${await response.text()}`);
      all.push(answer.parse(await response.json()).tokens);
    }
    return all;
  } finally {
    await server.stop();
  }
}
