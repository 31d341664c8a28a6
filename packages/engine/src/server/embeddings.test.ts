import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BERT_SHAPE, writeUntrainedBert } from '../testing/untrained-bert.ts';
import type { UsageRecord } from './accounting.ts';
import { type EngineServer, startEngineServer } from './start-engine-server.ts';

// A busy machine computes many times slower than a quiet one.
const PATIENCE_MS = 60_000;
// Half precision in attention rounds by where an input lies in its batch.
const TOLERANCE = 2e-3;
const SIZE = BERT_SHAPE.embeddingSize;

const directory = mkdtempSync(path.join(tmpdir(), 'embeddings-'));
const modelPath = path.join(directory, 'bert.gguf');
const records: UsageRecord[] = [];
let server: EngineServer;
let client: OpenAI;

const start = () =>
  startEngineServer({ modelPath, modelName: 'bert', threads: 1, onFinished: (record) => records.push(record) });

beforeAll(async () => {
  writeUntrainedBert(modelPath);
  server = await start();
  client = new OpenAI({ baseURL: `http://127.0.0.1:${server.port}/v1`, apiKey: 'none', maxRetries: 0 });
}, PATIENCE_MS);

afterAll(async () => {
  await server.close({ graceSeconds: 0 });
  rmSync(directory, { recursive: true });
});

type Input = string | string[] | number[] | number[][];
const embed = async (input: Input, encoding?: 'float' | 'base64') => {
  const answer = await client.embeddings.create({
    model: 'bert',
    input,
    ...(encoding === undefined ? {} : { encoding_format: encoding }),
  });
  return { ...answer, vectors: answer.data.map(({ embedding }) => embedding) };
};
const post = (route: string, body: unknown, signal?: AbortSignal) =>
  fetch(`http://127.0.0.1:${server.port}${route}`, {
    method: 'POST',
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
const dot = (left: readonly number[] = [], right: readonly number[] = []) =>
  left.reduce((total, value, index) => total + value * (right[index] ?? Number.NaN), 0);
const tokensOf = async (prompt: string) => {
  const { tokens } = (await (await post('/tokenize', { prompt })).json()) as { tokens: number[] };
  return tokens;
};

// Lengths from two letters to nearly the whole context, more tokens together than one batch holds.
const MIXED = Array.from({ length: 60 }, (_, index) =>
  'abcdefghij klmnop qrst '.repeat(3).slice(index % 20, 22 + (index % 41)),
);

describe('embeddings of a real model with the openai client', { timeout: PATIENCE_MS }, () => {
  test('an input has the same vector alone and among others of all lengths, and the order is kept', async () => {
    const together = await embed(MIXED);
    expect(together.data.map(({ index }) => index)).toEqual(MIXED.map((_, index) => index));
    for (const index of [0, 7, 31, 59]) {
      const { vectors } = await embed(MIXED[index] ?? '');
      expect(1 - dot(vectors[0], together.vectors[index])).toBeLessThan(TOLERANCE);
    }
  });

  test('every vector has length 1, and different inputs have different ones', async () => {
    const { vectors } = await embed(['abc', 'abd', 'xyz 123']);
    for (const vector of vectors) {
      expect(vector).toHaveLength(SIZE);
      expect(dot(vector, vector)).toBeCloseTo(1, 5);
    }
    expect(dot(vectors[0], vectors[1])).toBeLessThan(1 - TOLERANCE);
    expect(dot(vectors[0], vectors[2])).toBeLessThan(1 - TOLERANCE);
  });

  test('both encodings give the same numbers', async () => {
    const [float, base64] = await Promise.all([
      embed('same', 'float'),
      post('/v1/embeddings', { model: 'bert', input: 'same', encoding_format: 'base64' }),
    ]);
    const { data } = (await base64.json()) as { data: { embedding: string }[] };
    const bytes = Buffer.from(data[0]?.embedding ?? '', 'base64');
    const decoded = Array.from({ length: SIZE }, (_, index) => bytes.readFloatLE(index * 4));
    expect(float.vectors[0]?.map(Math.fround)).toEqual(decoded);
    expect((await embed('same')).vectors[0]).toEqual(decoded);
  });

  test('the tokens of a text have its vector, alone and in a list', async () => {
    const [text] = (await embed('token ids')).vectors;
    const tokens = await tokensOf('token ids');
    const alone = await embed(tokens);
    const listed = await embed([tokens, tokens.slice(0, 3)]);
    expect(alone.vectors).toHaveLength(1);
    expect(1 - dot(text, alone.vectors[0])).toBeLessThan(TOLERANCE);
    expect(1 - dot(text, listed.vectors[0])).toBeLessThan(TOLERANCE);
  });

  test('usage counts the tokens of all inputs, in the answer and in the account', async () => {
    const inputs = ['one', 'two and three', 'four'];
    const counts = await Promise.all(inputs.map(async (input) => (await tokensOf(input)).length));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const { usage } = await embed(inputs);
    expect(usage).toMatchObject({ prompt_tokens: total, total_tokens: total });
    expect(records.at(-1)).toMatchObject({
      kind: 'embedding',
      model: 'bert',
      promptTokens: total,
      completionTokens: 0,
    });
  });

  test('the whole size is the only one that dimensions may name', async () => {
    const ask = (dimensions: number) => client.embeddings.create({ model: 'bert', input: 'x', dimensions });
    expect((await ask(SIZE)).data[0]?.embedding).toHaveLength(SIZE);
    await expect(ask(SIZE / 2)).rejects.toMatchObject({ status: 400, code: 'invalid_dimensions', param: 'dimensions' });
  });

  test('2,048 inputs are taken, and 2,049 are not', async () => {
    const { data } = await embed(Array(2048).fill('a'));
    expect(data).toHaveLength(2048);
    await expect(embed(Array(2049).fill('a'))).rejects.toMatchObject({ status: 400, code: 'too_many_inputs' });
  });

  test('an input as long as the context is taken, a longer one is refused with the numbers', async () => {
    const { contextTokens } = BERT_SHAPE;
    expect((await embed(Array(contextTokens).fill(7))).usage.prompt_tokens).toBe(contextTokens);
    await expect(embed(['ok', 'a '.repeat(contextTokens - 1)])).rejects.toThrow(/input\[1\] has 65 tokens.*64/);
    await expect(embed(Array(100_000).fill(7))).rejects.toThrow(/100000 tokens.*64/);
  });

  const refused: Record<string, { body: object; code: string; param?: string }> = {
    'no input': { body: {}, code: 'invalid_request', param: 'input' },
    'an empty text': { body: { input: '' }, code: 'empty_input', param: 'input' },
    'an empty list': { body: { input: [] }, code: 'empty_input', param: 'input' },
    'an empty text among others': { body: { input: ['a', ''] }, code: 'empty_input', param: 'input' },
    'an empty list of tokens': { body: { input: [[1], []] }, code: 'empty_input', param: 'input' },
    'texts and tokens mixed': { body: { input: ['a', [1]] }, code: 'invalid_request', param: 'input' },
    'a token that does not exist': { body: { input: [1, 5000] }, code: 'invalid_token', param: 'input' },
    'a token that is no whole number': { body: { input: [[1.5]] }, code: 'invalid_token', param: 'input' },
    'a negative token': { body: { input: [1, -1] }, code: 'invalid_token', param: 'input' },
    'an object as input': { body: { input: { text: 'a' } }, code: 'invalid_request', param: 'input' },
    'an unknown encoding': { body: { input: 'a', encoding_format: 'hex' }, code: 'invalid_request' },
  };
  test.each(Object.entries(refused))('refuses %s', async (_, { body, code, param }) => {
    const response = await post('/v1/embeddings', { model: 'bert', ...body });
    const { error } = (await response.json()) as { error: { code: string; param: string | null } };
    expect([response.status, error.code]).toEqual([400, code]);
    if (param !== undefined) expect(error.param).toBe(param);
  });

  test.each(['/v1/chat/completions', '/v1/completions'])(
    '%s is refused, with the address to use instead',
    async (route) => {
      const response = await post(route, { model: 'bert', prompt: 'a', messages: [{ role: 'user', content: 'a' }] });
      const { error } = (await response.json()) as { error: { message: string; code: string } };
      expect([response.status, error.code]).toEqual([400, 'unsupported_by_model']);
      expect(error.message).toContain('/v1/embeddings');
    },
  );

  test('a client that leaves ends its request', async () => {
    const before = records.length;
    const controller = new AbortController();
    const left = post('/v1/embeddings', { model: 'bert', input: Array(2048).fill('a '.repeat(60)) }, controller.signal);
    await expect.poll(() => metric('vllm:num_requests_running'), { timeout: PATIENCE_MS, interval: 5 }).toBe(1);
    controller.abort();
    await expect(left).rejects.toThrow();
    await expect.poll(() => records.length, { timeout: PATIENCE_MS }).toBe(before + 1);
    expect(records.at(-1)?.finishReasons).toEqual(['abort']);
    expect(await metric('vllm:num_requests_running')).toBe(0);
  });

  test('health, the list of models and the metrics say what is served', async () => {
    const get = (route: string) => fetch(`http://127.0.0.1:${server.port}${route}`);
    expect(await (await get('/health')).json()).toEqual({ status: 'ready' });
    expect(await (await get('/v1/models')).json()).toMatchObject({
      data: [
        { id: 'bert', max_model_len: BERT_SHAPE.contextTokens, meta: { task: 'embedding', embedding_size: SIZE } },
      ],
    });
    const [tokens, requests] = await Promise.all([
      metric('vllm:prompt_tokens_total'),
      metric('vllm:e2e_request_latency_seconds_count'),
    ]);
    await embed('abc');
    expect(await metric('vllm:prompt_tokens_total')).toBe(tokens + 5);
    expect(await metric('vllm:e2e_request_latency_seconds_count')).toBe(requests + 1);
    expect(await metric('vllm:request_success_total', 'finished_reason="stop"')).toBeGreaterThan(0);
    expect(await metric('vllm:num_requests_waiting')).toBe(0);
  });

  test('closing lets a running request finish', async () => {
    const own = await start();
    const running = fetch(`http://127.0.0.1:${own.port}/v1/embeddings`, {
      method: 'POST',
      body: JSON.stringify({ model: 'bert', input: Array(200).fill('a b c d e f') }),
    });
    await expect
      .poll(() => metric('vllm:num_requests_running', '', own.port), { timeout: PATIENCE_MS, interval: 1 })
      .toBe(1);
    await own.close();
    const { data } = (await (await running).json()) as { data: unknown[] };
    expect(data).toHaveLength(200);
  });

  test('a reranker is refused with the reason', async () => {
    const reranker = path.join(directory, 'reranker.gguf');
    writeUntrainedBert(reranker, { poolingType: 4 });
    await expect(startEngineServer({ modelPath: reranker, modelName: 'x', threads: 1 })).rejects.toThrow(/ranks pairs/);
  });
});

async function metric(name: string, label = '', port = server.port): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name}{`) && candidate.includes(label));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
}
