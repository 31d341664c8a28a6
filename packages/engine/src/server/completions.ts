import type { FinishReason, Generation } from '../engine/generation.ts';
import type { TokenLogprobs } from '../sampling/logprobs.ts';
import { toUsage } from './accounting.ts';
import { type Exchange, GenerationGroup, type StreamOptions } from './exchange.ts';
import { toGenerationRequest } from './generation-options.ts';
import { HttpError } from './http-error.ts';
import { toCompletionLogprobs } from './logprobs-format.ts';
import { adapterOf, fullModelName } from './model-names.ts';
import { type CompletionRequest, completionRequest } from './request-schemas.ts';
import type { GeneratingModel } from './served-model.ts';
import { SseStream } from './sse.ts';

/** handleCompletions answers POST /v1/completions, streamed or not. */
export async function handleCompletions(served: GeneratingModel, exchange: Exchange, body: unknown): Promise<void> {
  const request = completionRequest.parse(body);
  const prompts = await encodePrompts(served, request.prompt);
  const choicesPerPrompt = request.n ?? 1;
  const settings = {
    fields: request,
    maxTokens: request.max_tokens ?? DEFAULT_MAX_TOKENS,
    grammar: null,
    topLogprobs: request.logprobs ?? null,
    timeoutSeconds: served.requestTimeoutSeconds,
    tenant: exchange.tenant,
    adapter: adapterOf(served, request.model),
  };
  const group = new GenerationGroup(served, exchange, {
    kind: 'completion',
    choicesPerPrompt,
    requests: prompts.flatMap((prompt) =>
      Array.from({ length: choicesPerPrompt }, (_, choice) => toGenerationRequest(settings, prompt, choice)),
    ),
  });
  const echoes = prompts.flatMap((prompt) =>
    Array.from({ length: choicesPerPrompt }, () => (request.echo === true ? decode(served, prompt) : '')),
  );
  const head = {
    id: `cmpl-${exchange.requestId}`,
    object: 'text_completion',
    created: Math.floor(Date.now() / 1000),
    model: fullModelName(served.name, settings.adapter),
  };
  if (request.stream === true) {
    await streamChoices({
      served,
      exchange,
      group,
      echoes,
      head,
      streamOptions: request.stream_options,
    });
    return;
  }
  const choices = await Promise.all(
    group.generations.map((generation, index) => collect(served, generation, { index, echo: echoes[index] ?? '' })),
  );
  exchange.sendJson(200, { ...head, choices, usage: toUsage(await group.usage) });
}

// OpenAI's default for this older API.
const DEFAULT_MAX_TOKENS = 16;
// Each prompt of a list waits in the queue on its own.
const MAX_PROMPTS = 64;

async function encodePrompts(served: GeneratingModel, prompt: CompletionRequest['prompt']): Promise<Int32Array[]> {
  const { tokenizer } = served.engine.runner;
  const encode = (text: string) => tokenizer.encode(text, { addSpecial: true, parseSpecial: true });
  const check = (tokens: readonly number[]) => {
    const unknown = tokens.find((token) => token >= tokenizer.vocabSize);
    if (unknown === undefined) return Int32Array.from(tokens);
    const message = `Token ${unknown} is not in the vocabulary of ${tokenizer.vocabSize} tokens`;
    throw new HttpError(400, message, { code: 'invalid_token', param: 'prompt' });
  };
  if (typeof prompt === 'string') return [await encode(prompt)];
  if (prompt.length > MAX_PROMPTS) {
    const message = `A request can have ${MAX_PROMPTS} prompts, this one has ${prompt.length}`;
    if (typeof prompt[0] !== 'number') throw new HttpError(400, message, { code: 'too_many_prompts', param: 'prompt' });
  }
  if (isTokens(prompt)) return [check(prompt)];
  return Promise.all(prompt.map((entry) => (typeof entry === 'string' ? encode(entry) : check(entry))));
}

function isTokens(prompt: string[] | number[] | number[][]): prompt is number[] {
  return typeof prompt[0] === 'number';
}

function decode(served: GeneratingModel, tokens: Int32Array): string {
  const { tokenizer } = served.engine.runner;
  return Buffer.concat([...tokens].map((token) => tokenizer.tokenBytes(token))).toString('utf8');
}

async function collect(served: GeneratingModel, generation: Generation, options: { index: number; echo: string }) {
  let text = options.echo;
  let finishReason: FinishReason | null = null;
  const logprobs: TokenLogprobs[] = [];
  for await (const chunk of generation) {
    text += chunk.text;
    logprobs.push(...chunk.logprobs);
    finishReason = chunk.finishReason ?? finishReason;
  }
  return {
    index: options.index,
    text,
    logprobs: generation.wantsLogprobs
      ? toCompletionLogprobs(served.engine.runner.tokenizer, logprobs, options.echo.length)
      : null,
    finish_reason: finishReason,
  };
}

async function streamChoices(options: {
  served: GeneratingModel;
  exchange: Exchange;
  group: GenerationGroup;
  echoes: readonly string[];
  head: object;
  streamOptions: StreamOptions;
}): Promise<void> {
  const { served, exchange, group, head } = options;
  const stream = new SseStream(exchange.res, exchange.headers);
  const writeChoice = async (generation: Generation, index: number) => {
    const echo = options.echoes[index] ?? '';
    const send = (text: string, finishReason: string | null, logprobs: unknown) =>
      stream.send({
        ...head,
        choices: [{ index, text, logprobs, finish_reason: finishReason }],
        ...group.usageField(options.streamOptions),
      });
    if (echo !== '') await send(echo, null, null);
    let offset = echo.length;
    for await (const chunk of generation) {
      if (chunk.text === '' && chunk.finishReason === null && chunk.logprobs.length === 0) continue;
      const logprobs =
        chunk.logprobs.length === 0
          ? null
          : toCompletionLogprobs(served.engine.runner.tokenizer, chunk.logprobs, offset);
      offset += chunk.text.length;
      await send(chunk.text, chunk.finishReason, logprobs);
    }
  };
  try {
    await Promise.all(group.generations.map(writeChoice));
  } catch (error) {
    group.cancel();
    throw error;
  }
  if (options.streamOptions?.include_usage === true) {
    await stream.send({ ...head, choices: [], usage: toUsage(await group.usage) });
  }
  stream.end();
}
