import { once } from 'node:events';
import path from 'node:path';
import { z } from 'zod';
import type { EngineServerOptions } from '../../src/index.ts';
import type { Dialect } from '../http/completion-client.ts';
import { startChild } from '../processes/child.ts';
import { type ServerSettings, type ServerUnderTest, serverOf } from './server-under-test.ts';

const SCRIPT = path.join(import.meta.dirname, '../processes/serve-ours.ts');

const streamed = z.object({
  choices: z.array(z.object({ text: z.string() })),
  usage: z
    .object({
      completion_tokens: z.number(),
      prompt_tokens_details: z.object({ cached_tokens: z.number() }),
    })
    .nullish(),
});

/** ENGINE_DIALECT is OpenAI's completions API as our engine speaks it. */
export const ENGINE_DIALECT: Dialect = {
  path: '/v1/completions',
  body: ({ prompt, maxTokens }) => ({
    model: 'bench',
    prompt: [...prompt],
    max_tokens: maxTokens,
    temperature: 0,
    ignore_eos: true,
    stream: true,
    stream_options: { include_usage: true },
  }),
  read: (event) => {
    const { choices, usage } = streamed.parse(event);
    const [choice] = choices;
    return {
      piece: choice === undefined ? null : { text: choice.text, tokens: [] },
      ...(usage == null
        ? {}
        : {
            completionTokens: usage.completion_tokens,
            cachedTokens: usage.prompt_tokens_details.cached_tokens,
          }),
    };
  },
};

/** startEngine starts our engine's server as a process of its own, with its own defaults beside the settings. */
export async function startEngine(
  settings: ServerSettings & Partial<EngineServerOptions>,
  nodeArgs: readonly string[] = [],
): Promise<ServerUnderTest> {
  const child = startChild(process.execPath, [...nodeArgs, SCRIPT, JSON.stringify(settings)]);
  const ended = once(child.process, 'exit').then(([code]) => {
    throw new Error(`Our engine ended with ${code} before it was ready: ${child.lastWords()}`);
  });
  const said = child.process.stdout ? once(child.process.stdout, 'data') : Promise.reject(new Error('No output'));
  const [line] = await Promise.race([said, ended]);
  // From here on its end is no surprise.
  ended.catch(() => undefined);
  const { port } = z.object({ port: z.number() }).parse(JSON.parse(String(line)));
  return serverOf({ name: 'ours', port, child, dialect: ENGINE_DIALECT });
}
