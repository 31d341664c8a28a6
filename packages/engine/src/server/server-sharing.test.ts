import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { ScriptedRunner, type ScriptedRunnerOptions } from '../runner/scripted-runner.ts';
import { type EngineServer, startServerWithRunner } from './start-engine-server.ts';

const open: EngineServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close({ graceSeconds: 0 })));
});

async function start(runner: Partial<ScriptedRunnerOptions>, options: { defaultSystemMessage?: string } = {}) {
  const scripted = new ScriptedRunner({ reply: () => 'Paris is the capital.', ...runner });
  const server = await startServerWithRunner({ modelName: 'test', ...options }, () =>
    Promise.resolve({ runner: scripted, contextTokens: 512 }),
  );
  open.push(server);
  const baseURL = `http://127.0.0.1:${server.port}`;
  const client = new OpenAI({ baseURL: `${baseURL}/v1`, apiKey: 'none', maxRetries: 0 });
  const post = (path: string, body: unknown) => fetch(baseURL + path, { method: 'POST', body: JSON.stringify(body) });
  return { baseURL, client, post };
}

const QUESTION = { model: 'test', messages: [{ role: 'user' as const, content: 'What is the capital of France?' }] };
const slowly = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

describe('one server for several', () => {
  test('adapters are models of their own name, and answers carry it', async () => {
    const adaptersSeen: (string | null)[] = [];
    const { client, post } = await start({
      adapters: ['polite'],
      onStep: (items) => void adaptersSeen.push(...items.map(({ adapter }) => adapter)),
    });
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual(['test', 'test:polite']);
    const answer = await client.chat.completions.create({ ...QUESTION, model: 'test:polite' });
    expect(answer).toMatchObject({ model: 'test:polite', usage: { prompt_tokens_details: { cached_tokens: 0 } } });
    const plain = await client.completions.create({ model: 'test', prompt: 'a', max_tokens: 1 });
    expect(plain.model).toBe('test');
    expect(new Set(adaptersSeen)).toEqual(new Set(['polite', null]));
    const refused = await post('/v1/chat/completions', { ...QUESTION, model: 'test:rude' });
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({
      error: { code: 'model_not_found', message: expect.stringContaining('there is test, test:polite') },
    });
  });

  test('tenants that compete are served in turns', async () => {
    const { baseURL } = await start({ maxSequences: 1, onStep: slowly });
    const order: string[] = [];
    const ask = async (tenant: string) => {
      const body = JSON.stringify({ model: 'test', prompt: `of ${tenant}`, max_tokens: 4 });
      await (
        await fetch(`${baseURL}/v1/completions`, { method: 'POST', body, headers: { 'x-slipway-tenant': tenant } })
      ).text();
      order.push(tenant);
    };
    const crowd = Array.from({ length: 12 }, () => ask('crowd'));
    await Promise.all([...crowd, ask('other'), ask('other')]);
    expect(order.indexOf('other')).toBeLessThan(8);
    expect(order.lastIndexOf('other')).toBeLessThan(12);
  });

  test('a default system message stands before chats that have none', async () => {
    const { client } = await start({ reply: (prompt) => prompt }, { defaultSystemMessage: 'Be kind.' });
    const given = await client.chat.completions.create(QUESTION);
    expect(given.choices[0]?.message.content).toContain('system: Be kind.');
    const messages = [{ role: 'system' as const, content: 'Be brief.' }, ...QUESTION.messages];
    const own = await client.chat.completions.create({ model: 'test', messages });
    expect(own.choices[0]?.message.content).not.toContain('Be kind.');
  });
});
