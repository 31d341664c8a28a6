import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { ScriptedRunner, type ScriptedRunnerOptions } from '../runner/scripted-runner.ts';
import type { UsageRecord } from './accounting.ts';
import { type EngineServer, type EngineServerOptions, startServerWithRunner } from './start-engine-server.ts';

const open: EngineServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close({ graceSeconds: 0 })));
});

async function start(
  runner: Partial<ScriptedRunnerOptions> = {},
  options: Partial<EngineServerOptions> & { contextTokens?: number } = {},
) {
  const records: UsageRecord[] = [];
  const scripted = new ScriptedRunner({ reply: () => 'Paris is the capital.', totalBlocks: 256, ...runner });
  const server = await startServerWithRunner(
    { modelName: 'test', onFinished: (record) => records.push(record), ...options },
    () => Promise.resolve({ runner: scripted, contextTokens: options.contextTokens ?? 512 }),
  );
  open.push(server);
  const baseURL = `http://127.0.0.1:${server.port}`;
  const client = new OpenAI({ baseURL: `${baseURL}/v1`, apiKey: 'none', maxRetries: 0 });
  const post = (path: string, body: unknown) =>
    fetch(baseURL + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { server, baseURL, client, post, records, scripted };
}

const QUESTION = { model: 'test', messages: [{ role: 'user' as const, content: 'What is the capital of France?' }] };
const slowly = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

/** idle waits until the engine has nothing to do. */
async function idle(server: { engine: Engine }): Promise<void> {
  while (server.engine.state.running + server.engine.state.waiting > 0) await slowly();
}

describe('chat completions with the openai client', () => {
  test('answers with usage, and says how much of the prompt was cached', async () => {
    const { client } = await start();
    const first = await client.chat.completions.create(QUESTION);
    expect(first.choices[0]).toMatchObject({
      index: 0,
      message: { role: 'assistant', content: 'Paris is the capital.' },
      finish_reason: 'stop',
    });
    expect(first).toMatchObject({ object: 'chat.completion', model: 'test' });
    expect(first.usage).toMatchObject({ prompt_tokens: 48, completion_tokens: 22, total_tokens: 70 });
    const second = await client.chat.completions.create(QUESTION);
    expect(second.usage?.prompt_tokens_details?.cached_tokens).toBe(32);
  });

  test('streams the same text in pieces, then the reason, then usage when it was asked for', async () => {
    const { client } = await start();
    const stream = await client.chat.completions.create({
      ...QUESTION,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
    const texts = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '');
    expect(texts.join('')).toBe('Paris is the capital.');
    expect(texts.filter((text) => text !== '').length).toBeGreaterThan(10);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 48, completion_tokens: 22 } });
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  });

  test('with continuous_usage_stats every piece says what was used so far, from the first token on', async () => {
    const { client } = await start();
    const options = { include_usage: true, continuous_usage_stats: true };
    const chunks = await collect(
      await client.chat.completions.create({ ...QUESTION, stream: true, stream_options: options }),
    );
    const usages = chunks.map((chunk) => chunk.usage ?? null);
    expect(usages.at(-1)).toMatchObject({ prompt_tokens: 48, completion_tokens: 22 });
    const produced = usages.map((usage) => usage?.completion_tokens ?? 0);
    expect(produced).toEqual(produced.toSorted((a, b) => a - b));
    expect(usages.every((usage) => usage?.prompt_tokens === 48)).toBe(true);
  });

  test('without include_usage no chunk speaks of usage', async () => {
    const { client } = await start();
    const chunks = await collect(await client.chat.completions.create({ ...QUESTION, stream: true }));
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false);
  });

  test('several choices come back together and their prompt counts once', async () => {
    const { client, scripted, records } = await start();
    const answer = await client.chat.completions.create({ ...QUESTION, n: 3, seed: 1 });
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(answer.usage).toMatchObject({ prompt_tokens: 48, completion_tokens: 66 });
    expect(scripted.computedTokens).toBeLessThan(48 + 2 * 16 + 66);
    expect(records).toHaveLength(1);
  });

  test('log probabilities come with their bytes, one entry a token', async () => {
    const { client } = await start({ reply: () => 'é' });
    const answer = await client.chat.completions.create({ ...QUESTION, logprobs: true, top_logprobs: 2 });
    const content = answer.choices[0]?.logprobs?.content ?? [];
    expect(content.map((entry) => entry.bytes)).toEqual([[0xc3], [0xa9]]);
    expect(content[0]?.top_logprobs).toHaveLength(2);
    expect(content[0]?.logprob).toBeCloseTo(0);
  });

  test('tool calls are found, whole and streamed', async () => {
    const { client } = await start({
      reply: () => '<tool_call>{"name": "weather", "arguments": {"city": "Paris"}}</tool_call>',
    });
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } }];
    const answer = await client.chat.completions.create({ ...QUESTION, tools });
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: [{ function: { name: 'weather', arguments: '{"city":"Paris"}' } }] },
    });
    const streamed = client.chat.completions.stream({ ...QUESTION, tools });
    const final = await streamed.finalChatCompletion();
    expect(final.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'weather', arguments: '{"city":"Paris"}' },
    });
  });

  test('an aborted stream frees its blocks, and what it produced is accounted for', async () => {
    const { client, server, records } = await start({ reply: () => 'x'.repeat(400), onStep: slowly });
    const stream = await client.chat.completions.create({ ...QUESTION, stream: true });
    let seen = 0;
    for await (const _ of stream) {
      seen += 1;
      if (seen === 5) break;
    }
    stream.controller.abort();
    await idle(server);
    expect(server.engine.state.blocks.used).toBe(0);
    expect(records).toMatchObject([{ finishReasons: ['abort'], promptTokens: 48 }]);
    expect(records[0]?.completionTokens).toBeGreaterThan(3);
    expect(records[0]?.completionTokens).toBeLessThan(400);
  });

  test('a request that is given up before its answer is cancelled too', async () => {
    const { client, server, records } = await start({ reply: () => 'x'.repeat(400), onStep: slowly });
    const controller = new AbortController();
    const answer = client.chat.completions.create(QUESTION, { signal: controller.signal });
    while (server.engine.state.running === 0) await slowly();
    controller.abort();
    await expect(answer).rejects.toThrow();
    await idle(server);
    expect(records).toMatchObject([{ finishReasons: ['abort'] }]);
  });

  test('many streams at once are served together', async () => {
    const { client, scripted } = await start({ maxSequences: 8 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.chat.completions.create(QUESTION)));
    expect(new Set(answers.map((answer) => answer.choices[0]?.message.content))).toEqual(
      new Set(['Paris is the capital.']),
    );
    expect(scripted.stepCount).toBeLessThan(8 * 22);
  });
});

describe('completions', () => {
  test('continues a text, a list of texts, and token ids', async () => {
    const { client } = await start({ reply: (prompt) => prompt.toUpperCase() });
    const one = await client.completions.create({ model: 'test', prompt: 'ab\u0003', echo: true });
    expect(one.choices[0]).toMatchObject({ text: 'ab\u0003AB', finish_reason: 'stop' });
    const two = await client.completions.create({ model: 'test', prompt: ['a\u0003', 'b\u0003'], max_tokens: 1 });
    expect(two.choices.map(({ text, finish_reason }) => [text, finish_reason])).toEqual([
      ['A', 'length'],
      ['B', 'length'],
    ]);
    const ids = await client.completions.create({ model: 'test', prompt: [104, 105, 3] });
    expect(ids.choices[0]?.text).toBe('HI');
    const chunks = await collect(await client.completions.create({ model: 'test', prompt: 'ab\u0003', stream: true }));
    expect(chunks.map((chunk) => chunk.choices[0]?.text).join('')).toBe('AB');
  });
});

describe('refusals have a status, a code and say what is wrong', () => {
  const cases: Record<
    string,
    { path?: string; body: unknown; status: number; code: string; message?: RegExp; param?: string }
  > = {
    'no JSON': { body: '{"model": ', status: 400, code: 'invalid_json' },
    'a list': { body: [], status: 400, code: 'invalid_request' },
    'no model': { body: { messages: QUESTION.messages }, status: 400, code: 'invalid_request', param: 'model' },
    'an unknown model': {
      body: { ...QUESTION, model: 'gpt-9' },
      status: 404,
      code: 'model_not_found',
      message: /gpt-9/,
    },
    'no messages': { body: { model: 'test', messages: [] }, status: 400, code: 'invalid_request', param: 'messages' },
    'a wrong type': {
      body: { ...QUESTION, temperature: 'hot' },
      status: 400,
      code: 'invalid_request',
      param: 'temperature',
    },
    'a number out of range': { body: { ...QUESTION, top_p: 7 }, status: 400, code: 'invalid_request', param: 'top_p' },
    'an unknown role': {
      body: { model: 'test', messages: [{ role: 'alien', content: 'x' }] },
      status: 400,
      code: 'invalid_request',
      param: 'messages.0.role',
    },
    'a prompt longer than the context, with numbers': {
      body: { model: 'test', messages: [{ role: 'user', content: 'x'.repeat(2000) }] },
      status: 400,
      code: 'context_length_exceeded',
      message: /2018 tokens.*512/,
    },
    'a token that does not exist': {
      path: '/v1/completions',
      body: { model: 'test', prompt: [1, 99999] },
      status: 400,
      code: 'invalid_token',
    },
    'a schema that cannot be followed': {
      body: {
        ...QUESTION,
        response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { not: {} } } },
      },
      status: 400,
      code: 'unsupported_json_schema',
    },
    'embeddings of a model that generates': {
      path: '/v1/embeddings',
      body: { model: 'test', input: 'x' },
      status: 400,
      code: 'unsupported_by_model',
    },
    'an unknown path': { path: '/v1/nothing', body: {}, status: 404, code: 'not_found' },
  };
  test.each(Object.entries(cases))('%s', async (_, { path, body, status, code, message, param }) => {
    const { post, server } = await start();
    const response = await post(path ?? '/v1/chat/completions', body);
    const { error } = (await response.json()) as { error: { message: string; code: string; param: string | null } };
    expect([response.status, error.code]).toEqual([status, code]);
    if (message !== undefined) expect(error.message).toMatch(message);
    if (param !== undefined) expect(error.param).toBe(param);
    expect(server.engine.state.blocks.used).toBe(0);
  });

  test('a body of 10 MB, announced or not', async () => {
    const { post, baseURL } = await start();
    const body = JSON.stringify({ ...QUESTION, messages: [{ role: 'user', content: 'x'.repeat(10 * 2 ** 20) }] });
    expect((await post('/v1/chat/completions', body)).status).toBe(413);
    const unannounced = await new Promise<number>((resolve, reject) => {
      const req = httpRequest(`${baseURL}/v1/chat/completions`, { method: 'POST' }, (res) => {
        res.resume();
        resolve(res.statusCode ?? 0);
      });
      req.on('error', reject);
      for (let at = 0; at < body.length; at += 2 ** 18) req.write(body.slice(at, at + 2 ** 18));
      req.end();
    });
    expect(unannounced).toBe(413);
    expect((await post('/v1/chat/completions', QUESTION)).status).toBe(200);
  });

  test('a full queue, with the time to come again', async () => {
    const { post } = await start({ maxSequences: 1, onStep: slowly }, { maxWaiting: 1 });
    const responses = await Promise.all(Array.from({ length: 6 }, () => post('/v1/chat/completions', QUESTION)));
    const refused = responses.filter((response) => response.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(responses.filter((response) => response.status === 200).length).toBeGreaterThan(0);
  });

  test('a model without a chat template', async () => {
    const { post } = await start({ chatTemplate: null });
    const response = await post('/v1/chat/completions', QUESTION);
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'no_chat_template' } }]);
  });

  test('an engine that fails, before the first byte and after it', async () => {
    let stepsLeft = 0;
    const { post } = await start({
      onStep: () => {
        if (stepsLeft === 0) throw new Error('the device is gone');
        stepsLeft -= 1;
      },
    });
    const whole = await post('/v1/chat/completions', QUESTION);
    expect([whole.status, await whole.json()]).toMatchObject([500, { error: { type: 'server_error' } }]);
    const early = await post('/v1/chat/completions', { ...QUESTION, stream: true });
    expect(early.status).toBe(500);
    stepsLeft = 4;
    const streamed = await (await post('/v1/chat/completions', { ...QUESTION, stream: true })).text();
    expect(streamed).toContain('the device is gone');
    expect(streamed).not.toContain('[DONE]');
  });
});

describe('the other endpoints', () => {
  test('models, tokenize and detokenize', async () => {
    const { client, post } = await start();
    expect((await client.models.list()).data).toMatchObject([{ id: 'test', object: 'model', max_model_len: 512 }]);
    const tokenized = (await (await post('/tokenize', { prompt: 'hi' })).json()) as { tokens: number[] };
    expect(tokenized).toMatchObject({ count: 2, tokens: [104, 105] });
    expect(await (await post('/detokenize', { tokens: tokenized.tokens })).json()).toEqual({ prompt: 'hi' });
    const chat = (await (await post('/tokenize', { messages: QUESTION.messages })).json()) as { count: number };
    expect(chat.count).toBe(48);
  });

  test('health says starting until the model is loaded, and nothing else is answered before', async () => {
    let finishLoading: () => void = () => undefined;
    let port = 0;
    const loaded = new Promise<void>((resolve) => {
      finishLoading = resolve;
    });
    const starting = startServerWithRunner(
      {
        modelName: 'test',
        onListening: (given) => {
          port = given;
        },
      },
      async () => {
        await loaded;
        return { runner: new ScriptedRunner({ reply: () => 'x', onStep: () => slowly() }), contextTokens: 256 };
      },
    );
    while (port === 0) await slowly();
    const health = () => fetch(`http://127.0.0.1:${port}/health`);
    const before = await health();
    expect([before.status, await before.json()]).toEqual([503, { status: 'starting' }]);
    expect((await fetch(`http://127.0.0.1:${port}/v1/models`)).status).toBe(503);
    finishLoading();
    open.push(await starting);
    const after = await health();
    expect([after.status, await after.json()]).toEqual([200, { status: 'ready' }]);
  });

  test('a model that cannot be loaded rejects with the reason and leaves no server', async () => {
    let port = 0;
    const failing = startServerWithRunner(
      {
        modelName: 'test',
        onListening: (given) => {
          port = given;
        },
      },
      () => Promise.reject(new Error('the file is truncated')),
    );
    await expect(failing).rejects.toThrow('the file is truncated');
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
  });

  test('metrics have the names that dashboards and autoscalers of vLLM read', async () => {
    const { client, baseURL } = await start();
    await client.chat.completions.create(QUESTION);
    await client.chat.completions.create(QUESTION);
    const text = await (await fetch(`${baseURL}/metrics`)).text();
    const value = (name: string) => Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1]);
    expect(value('vllm:num_requests_running')).toBe(0);
    expect(value('vllm:num_requests_waiting')).toBe(0);
    expect(value('vllm:kv_cache_usage_perc')).toBe(0);
    expect(value('vllm:prompt_tokens_total')).toBe(96);
    expect(value('vllm:generation_tokens_total')).toBe(44);
    expect(value('vllm:prefix_cache_hits_total')).toBe(32);
    expect(value('vllm:time_to_first_token_seconds_count')).toBe(2);
    expect(value('vllm:e2e_request_latency_seconds_count')).toBe(2);
    expect(text).toMatch(/vllm:request_success_total\{.*finished_reason="stop".*\} 2/);
    expect(text).toMatch(/vllm:cache_config_info\{.*block_size="16".*\} 1/);
    expect(text).toContain('model_name="test"');
  });

  test('metrics count what each tier below the device was asked for and gave', async () => {
    const diskCacheDir = await mkdtemp(path.join(tmpdir(), 'server-tiers-'));
    const options = { hostCacheBytes: 1024 * 1024, diskCacheDir };
    const { client, baseURL } = await start({ maxCachedBlocks: 0 }, options);
    const cached: (number | undefined)[] = [];
    for (let count = 0; count < 2; count += 1) {
      const { usage } = await client.chat.completions.create(QUESTION);
      cached.push(usage?.prompt_tokens_details?.cached_tokens);
    }
    expect(cached).toEqual([0, 32]);
    const text = await (await fetch(`${baseURL}/metrics`)).text();
    const value = (name: string) => Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1]);
    expect(value('vllm:external_prefix_cache_queries_total')).toBe(96);
    expect(value('vllm:external_prefix_cache_hits_total')).toBe(32);
    expect(value('vllm:prefix_cache_hits_total')).toBe(0);
    expect(value('vllm:prompt_tokens_cached_total')).toBe(32);
    expect(text).toMatch(/slipway:kv_tier_hits_total\{tier="host",.*\} 32/);
    expect(text).toMatch(/slipway:kv_tier_queries_total\{tier="disk",.*\} 64/);
    expect(text).toMatch(/slipway:kv_tier_bytes\{tier="host",.*\} 256/);
    expect(value('slipway:kv_tier_disk_is_on')).toBe(1);
    await Promise.all(open.splice(0).map((server) => server.close({ graceSeconds: 0 })));
    expect(await readdir(path.join(diskCacheDir, 'scripted'))).toHaveLength(4);
    await rm(diskCacheDir, { recursive: true });
  });

  test('a disk cache without a host cache is refused at the start', async () => {
    await expect(start({}, { hostCacheBytes: 0, diskCacheDir: 'x' })).rejects.toThrow('hostCacheBytes must not be 0');
  });

  test('the account of a request carries its id', async () => {
    const { post, records } = await start();
    const body = JSON.stringify(QUESTION);
    const { baseURL } = await start();
    const own = await fetch(`${baseURL}/v1/chat/completions`, {
      method: 'POST',
      body,
      headers: { 'x-request-id': 'r-1' },
    });
    expect(own.headers.get('x-request-id')).toBe('r-1');
    const made = await post('/v1/chat/completions', QUESTION);
    const requestId = made.headers.get('x-request-id');
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(records).toMatchObject([
      { requestId, kind: 'chat', model: 'test', cachedTokens: 0, finishReasons: ['stop'] },
    ]);
  });

  test('closing lets a running stream finish', async () => {
    const { client, server } = await start({ onStep: slowly });
    const stream = await client.chat.completions.create({ ...QUESTION, stream: true });
    const closed = server.close({ graceSeconds: 30 });
    const chunks = await collect(stream);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Paris is the capital.');
    await closed;
  });

  test('a reader that stops reading holds no blocks', async () => {
    const { server, baseURL } = await start({ reply: () => 'x'.repeat(400) });
    const req = httpRequest(`${baseURL}/v1/chat/completions`, { method: 'POST' });
    req.on('response', (res) => res.pause());
    req.on('error', () => undefined);
    req.end(JSON.stringify({ ...QUESTION, stream: true }));
    while (server.engine.state.running === 0) await slowly();
    await idle(server);
    expect(server.engine.state.blocks.used).toBe(0);
    req.destroy();
  });
});
