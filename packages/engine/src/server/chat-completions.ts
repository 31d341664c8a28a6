import { randomUUID } from 'node:crypto';
import { type ToolCall, ToolCallReader } from '../chat/tool-calls.ts';
import type { Generation } from '../engine/generation.ts';
import { jsonSchemaGrammar } from '../sampling/json-schema-grammar.ts';
import type { TokenLogprobs } from '../sampling/logprobs.ts';
import { toUsage } from './accounting.ts';
import { encodeChat } from './chat-prompt.ts';
import { type Exchange, GenerationGroup, type StreamOptions } from './exchange.ts';
import { toGenerationRequest } from './generation-options.ts';
import { HttpError } from './http-error.ts';
import { toChatLogprobs } from './logprobs-format.ts';
import { adapterOf, fullModelName } from './model-names.ts';
import { type ChatCompletionRequest, chatCompletionRequest } from './request-schemas.ts';
import type { GeneratingModel } from './served-model.ts';
import { SseStream } from './sse.ts';

/** handleChatCompletions answers POST /v1/chat/completions, streamed or not. */
export async function handleChatCompletions(served: GeneratingModel, exchange: Exchange, body: unknown): Promise<void> {
  const request = chatCompletionRequest.parse(body);
  const toolNames = toolNamesOf(request);
  const promptTokens = await encodeChat(served, {
    messages: request.messages,
    tools: toolNames.length === 0 ? null : (request.tools ?? null),
    ...(request.chat_template_kwargs == null ? {} : { variables: request.chat_template_kwargs }),
  });
  const choices = request.n ?? 1;
  const settings = {
    fields: request,
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? null,
    grammar: forcedCallGrammar(request),
    topLogprobs: request.logprobs === true ? (request.top_logprobs ?? 0) : null,
    timeoutSeconds: served.requestTimeoutSeconds,
    tenant: exchange.tenant,
    adapter: adapterOf(served, request.model),
  };
  const group = new GenerationGroup(served, exchange, {
    kind: 'chat',
    choicesPerPrompt: choices,
    requests: Array.from({ length: choices }, (_, choice) => toGenerationRequest(settings, promptTokens, choice)),
  });
  const answer = new ChatAnswer({
    served,
    exchange,
    group,
    toolNames,
    modelName: fullModelName(served.name, settings.adapter),
  });
  if (request.stream === true) await answer.stream(request.stream_options);
  else await answer.send();
}

function toolNamesOf(request: ChatCompletionRequest): string[] {
  return request.tool_choice === 'none' ? [] : (request.tools ?? []).map((tool) => tool.function.name);
}

/** forcedCallGrammar makes the answer a call when tool_choice asks for one; null when it does not. */
function forcedCallGrammar({ tools, tool_choice: choice }: ChatCompletionRequest): string | null {
  if (choice == null || choice === 'none' || choice === 'auto') return null;
  const callable = (tools ?? []).filter((tool) => choice === 'required' || tool.function.name === choice.function.name);
  if (callable.length === 0) {
    const wanted = choice === 'required' ? 'a tool' : JSON.stringify(choice.function.name);
    throw new HttpError(400, `tool_choice asks for ${wanted}, which is not among the tools`, {
      code: 'invalid_request',
      param: 'tool_choice',
    });
  }
  return jsonSchemaGrammar({
    anyOf: callable.map((tool) => ({
      type: 'object',
      properties: { name: { const: tool.function.name }, arguments: tool.function.parameters ?? { type: 'object' } },
      required: ['name', 'arguments'],
    })),
  });
}

interface ChoicePiece {
  content: string;
  calls: ToolCall[];
  logprobs: readonly TokenLogprobs[];
  finishReason: string | null;
}

class ChatAnswer {
  private readonly id: string;
  private readonly created = Math.floor(Date.now() / 1000);
  private readonly served: GeneratingModel;
  private readonly exchange: Exchange;
  private readonly group: GenerationGroup;
  private readonly toolNames: readonly string[];
  private readonly modelName: string;

  constructor(options: {
    served: GeneratingModel;
    exchange: Exchange;
    group: GenerationGroup;
    toolNames: readonly string[];
    modelName: string;
  }) {
    this.served = options.served;
    this.exchange = options.exchange;
    this.group = options.group;
    this.toolNames = options.toolNames;
    this.modelName = options.modelName;
    this.id = `chatcmpl-${options.exchange.requestId}`;
  }

  async send(): Promise<void> {
    const choices = await Promise.all(
      this.group.generations.map((generation, index) => this.collect(generation, index)),
    );
    this.exchange.sendJson(200, {
      ...this.head('chat.completion'),
      choices,
      usage: toUsage(await this.group.usage),
    });
  }

  async stream(options: StreamOptions): Promise<void> {
    const stream = new SseStream(this.exchange.res, this.exchange.headers);
    const head = this.head('chat.completion.chunk');
    const send = (index: number, delta: object, rest: { finish_reason: string | null; logprobs?: unknown }) =>
      stream.send({ ...head, choices: [{ index, delta, ...rest }], ...this.group.usageField(options) });
    const writeChoice = async (generation: Generation, index: number) => {
      let callCount = 0;
      let hasBegun = false;
      for await (const piece of this.pieces(generation)) {
        // With the first token and not before, because readers take the first event for it.
        if (!hasBegun) await send(index, { role: 'assistant', content: '' }, { finish_reason: null });
        hasBegun = true;
        const logprobs = piece.logprobs.length > 0 ? { logprobs: this.logprobs(piece.logprobs) } : {};
        const calls = piece.calls.map((call) => toToolCall(call, callCount++));
        if (piece.content !== '' || piece.logprobs.length > 0) {
          await send(index, { content: piece.content }, { finish_reason: null, ...logprobs });
        }
        if (calls.length > 0) await send(index, { tool_calls: calls }, { finish_reason: null });
        if (piece.finishReason !== null) await send(index, {}, { finish_reason: piece.finishReason });
      }
    };
    await this.whileConnected(Promise.all(this.group.generations.map(writeChoice)));
    if (options?.include_usage === true) {
      await stream.send({ ...head, choices: [], usage: toUsage(await this.group.usage) });
    }
    stream.end();
  }

  private async whileConnected(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.group.cancel();
      throw error;
    }
  }

  private async collect(generation: Generation, index: number) {
    let content = '';
    let finishReason: string | null = null;
    const calls: ToolCall[] = [];
    const logprobs: TokenLogprobs[] = [];
    for await (const piece of this.pieces(generation)) {
      content += piece.content;
      calls.push(...piece.calls);
      logprobs.push(...piece.logprobs);
      finishReason = piece.finishReason ?? finishReason;
    }
    const message =
      calls.length === 0
        ? { role: 'assistant', content, refusal: null }
        : {
            role: 'assistant',
            content: content.trim() === '' ? null : content,
            refusal: null,
            tool_calls: calls.map((call) => toToolCall(call)),
          };
    const asked = generation.wantsLogprobs ? this.logprobs(logprobs) : null;
    return { index, message, logprobs: asked, finish_reason: finishReason };
  }

  private async *pieces(generation: Generation): AsyncGenerator<ChoicePiece> {
    const reader = this.toolNames.length === 0 ? null : new ToolCallReader(this.toolNames);
    let hasCalls = false;
    for await (const chunk of generation) {
      const { logprobs } = chunk;
      if (reader === null) {
        yield { content: chunk.text, calls: [], logprobs, finishReason: chunk.finishReason };
        continue;
      }
      const output = reader.push(chunk.text);
      if (chunk.finishReason !== null) {
        const rest = reader.finish();
        output.content += rest.content;
        output.calls.push(...rest.calls);
      }
      hasCalls ||= output.calls.length > 0;
      const finishReason = hasCalls && chunk.finishReason === 'stop' ? 'tool_calls' : chunk.finishReason;
      yield { ...output, logprobs, finishReason };
    }
  }

  private logprobs(logprobs: readonly TokenLogprobs[]) {
    return toChatLogprobs(this.served.engine.runner.tokenizer, logprobs);
  }

  private head(object: string) {
    return { id: this.id, object, created: this.created, model: this.modelName };
  }
}

function toToolCall(call: ToolCall, index?: number) {
  const body = { id: `call_${randomUUID().replaceAll('-', '')}`, type: 'function', function: call };
  return index === undefined ? body : { index, ...body };
}
