import { createServer } from 'node:net';
import { z } from 'zod';
import type { Dialect } from '../http/completion-client.ts';
import { startChild } from '../processes/child.ts';
import { type ServerSettings, type ServerUnderTest, serverOf } from './server-under-test.ts';

const READY_SECONDS = 120;
const POLL_MS = 10;

const streamed = z.object({
  content: z.string(),
  tokens: z.array(z.number()),
  stop: z.boolean(),
  tokens_predicted: z.number().optional(),
  timings: z.object({ cache_n: z.number() }).optional(),
});

/** LLAMA_DIALECT is llama-server's own API, which streams token ids beside the text. */
export const LLAMA_DIALECT: Dialect = {
  path: '/completion',
  body: ({ prompt, maxTokens }) => ({
    prompt: [...prompt],
    n_predict: maxTokens,
    temperature: 0,
    ignore_eos: true,
    stream: true,
    return_tokens: true,
  }),
  read: (event) => {
    const { content, tokens, stop, tokens_predicted: completionTokens, timings } = streamed.parse(event);
    return {
      piece: tokens.length === 0 && stop ? null : { text: content, tokens },
      ...(completionTokens === undefined ? {} : { completionTokens }),
      ...(timings === undefined ? {} : { cachedTokens: timings.cache_n }),
    };
  },
};

/**
 * startLlamaServer starts llama-server with its defaults (four slots over one KV buffer, its prompt cache in host memory):
 * it is told the model, the threads, room for every sequence, flash attention and a port. `extraArgs` say otherwise.
 */
export async function startLlamaServer(
  binary: string,
  settings: ServerSettings,
  extraArgs: readonly string[] = [],
): Promise<ServerUnderTest> {
  const port = await freePort();
  const { modelPath, threads, contextTokens, maxSequences } = settings;
  const child = startChild(binary, [
    ...['--model', modelPath, '--threads', String(threads), '--flash-attn', 'on'],
    ...['--ctx-size', String(contextTokens * maxSequences), '--host', '127.0.0.1', '--port', String(port)],
    ...extraArgs,
  ]);
  child.process.stdout?.resume();
  const deadlineMs = performance.now() + READY_SECONDS * 1000;
  while (!(await isHealthy(port))) {
    if (child.process.exitCode !== null || performance.now() > deadlineMs) {
      await child.stop();
      throw new Error(`llama-server did not become ready: ${child.lastWords()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return serverOf({ name: 'llama-server', port, child, dialect: LLAMA_DIALECT });
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
