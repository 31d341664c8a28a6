import path from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerGreedily } from '../../tiny-base/golden.ts';
import { LlamaModel } from '../llama/index.ts';
import type { UsageRecord } from './accounting.ts';
import { type EngineServer, startEngineServer } from './start-engine-server.ts';

const MODEL_PATH = path.join(import.meta.dirname, '../../tiny-base/slipway-tiny.gguf');

// A busy machine computes many times slower than a quiet one.
const PATIENCE_MS = 60_000;

let server: EngineServer;
let client: OpenAI;
const records: UsageRecord[] = [];

beforeAll(async () => {
  server = await startEngineServer({
    modelPath: MODEL_PATH,
    modelName: 'tiny',
    threads: 1,
    contextTokens: 256,
    maxSequences: 4,
    onFinished: (record) => records.push(record),
  });
  client = new OpenAI({ baseURL: `http://127.0.0.1:${server.port}/v1`, apiKey: 'none', maxRetries: 0 });
}, PATIENCE_MS);

afterAll(() => server.close({ graceSeconds: 0 }));

const ask = (content: string) => ({
  model: 'tiny',
  temperature: 0,
  max_tokens: 40,
  messages: [{ role: 'user' as const, content }],
});

/** straightFromLlama answers greedily with nothing of the engine in between. */
async function straightFromLlama(question: string): Promise<string> {
  const model = await LlamaModel.load({ path: MODEL_PATH });
  const answer = await answerGreedily(model, question, 1);
  model.free();
  return answer;
}

describe('a real model behind the server', { timeout: PATIENCE_MS }, () => {
  test('streams the answer that it gives whole, which is the one of llama.cpp alone', async () => {
    const whole = await client.chat.completions.create(ask('What is the capital of France?'));
    let streamed = '';
    for await (const chunk of await client.chat.completions.create({
      ...ask('What is the capital of France?'),
      stream: true,
    })) {
      streamed += chunk.choices[0]?.delta.content ?? '';
    }
    expect(streamed).toBe(whole.choices[0]?.message.content);
    expect(streamed).toBe(await straightFromLlama('What is the capital of France?'));
    expect(whole.choices[0]?.finish_reason).toBe('stop');
    expect(streamed).not.toMatch(/<\|/);
  });

  test('six users on four places are all served, as they would be alone', async () => {
    const questions = ['Where is Santiago?', 'What is 6 + 1?', 'What day is after Saturday?'].flatMap((text) => [
      text,
      text,
    ]);
    const answers = await Promise.all(questions.map((question) => client.chat.completions.create(ask(question))));
    const texts = answers.map((answer) => answer.choices[0]?.message.content);
    for (const [index, question] of questions.entries()) {
      const alone = await client.chat.completions.create(ask(question));
      expect(texts[index]).toBe(alone.choices[0]?.message.content);
    }
  });

  test('follows a JSON schema', async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string', maxLength: 12 }, age: { type: 'integer' } },
      required: ['name', 'age'],
      additionalProperties: false,
    };
    const answer = await client.chat.completions.create({
      ...ask('Write a JSON object with the name Ben and the age 12.'),
      response_format: { type: 'json_schema', json_schema: { name: 'person', schema } },
    });
    const person: unknown = JSON.parse(answer.choices[0]?.message.content ?? '');
    expect(person).toEqual({ name: expect.any(String), age: expect.any(Number) });
  });

  test('calls the tool that tool_choice names', async () => {
    const answer = await client.chat.completions.create({
      ...ask('What is the weather in Paris?'),
      max_tokens: 120,
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            parameters: { type: 'object', properties: { unit: { enum: ['C', 'F'] } }, required: ['unit'] },
          },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
    });
    const [call] = answer.choices[0]?.message.tool_calls ?? [];
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
    expect(call).toMatchObject({ function: { name: 'get_weather' } });
    if (call?.type === 'function')
      expect(JSON.parse(call.function.arguments)).toEqual({ unit: expect.stringMatching(/^[CF]$/) });
  });

  test('accounts for every request, and holds no block afterwards', () => {
    expect(records.length).toBeGreaterThan(10);
    for (const record of records) {
      expect(record.promptTokens).toBeGreaterThan(0);
      expect(record.completionTokens).toBeGreaterThan(0);
      expect(record.kvBlockSeconds).toBeGreaterThan(0);
    }
    expect(server.engine?.state.blocks.used).toBe(0);
  });
});
