import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import {
  answerAny,
  answerWhole,
  chunkOf,
  FINISH,
  type ReplicaRequest,
  type ScriptedReplica,
  startReplica,
  startStream,
} from './testing/scripted-replica.ts';
import {
  aKey,
  anEndpoint,
  aRevision,
  CHAT,
  SECRET,
  startTestGateway,
  type TestGateway,
} from './testing/test-gateway.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

async function serve(
  answer: (request: ReplicaRequest) => void | Promise<void>,
): Promise<{ gateway: TestGateway; replica: ScriptedReplica; client: OpenAI }> {
  const replica = await startReplica(answer);
  const gateway = await startTestGateway(
    { endpoints: [anEndpoint({ revisions: [aRevision({ addresses: [replica.address] })] })] },
    { holdMs: 300, graceMs: 500 },
  );
  open.push(gateway, { close: replica.kill });
  const client = new OpenAI({ apiKey: SECRET, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  return { gateway, replica, client };
}
const ask = { model: 'chat', messages: [{ role: 'user' as const, content: 'Capital of France?' }] };

describe('the official openai client', () => {
  test('gets a whole answer under the model id that it used, and the ledger has its exact cost', async () => {
    const { client, gateway } = await serve(answerAny);
    const answer = await client.chat.completions.create(ask);
    expect(answer.choices[0]?.message.content).toBe('Paris');
    expect(answer.model).toBe('chat');
    const [record] = await gateway.settled(1);
    expect(record).toMatchObject({
      status: 'succeeded',
      httpStatus: 200,
      teamSlug: 'vision',
      endpointName: 'chat',
      endpointTeamSlug: 'vision',
      revisionId: 'rev-1',
      replicaId: 'rev-1-0',
      apiKeyId: 'key-1',
      caller: 'ada@example.com (laptop)',
      promptTokens: 11,
      cachedTokens: 4,
      completionTokens: 3,
      ttftMs: null,
      promptPriceMicros: 50_000n,
      completionPriceMicros: 150_000n,
      costPicos: 11n * 50_000n + 3n * 150_000n,
    });
  });

  test('streams; the usage chunk is hidden from those who did not ask, but billed', async () => {
    const { client, gateway, replica } = await serve(answerAny);
    const chunks = [];
    for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) chunks.push(chunk);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Paris');
    expect(chunks.every((chunk) => chunk.model === 'chat' && chunk.usage === undefined)).toBe(true);
    expect(replica.requests[0]?.body.stream_options).toMatchObject({ include_usage: true });
    const [record] = await gateway.settled(1);
    expect(record).toMatchObject({ status: 'succeeded', promptTokens: 11, completionTokens: 3, cachedTokens: 4 });
    expect(record?.ttftMs).toBeGreaterThan(0);
    expect(record?.ttftMs).toBeLessThanOrEqual(record?.durationMs ?? 0);
  });

  test('gets the usage chunk when it asked for it', async () => {
    const { client } = await serve(answerAny);
    const stream = await client.chat.completions.create({
      ...ask,
      stream: true,
      stream_options: { include_usage: true },
    });
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) usage = chunk.usage ?? usage;
    expect(usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 3 });
  });

  test('aborting a stream cancels the replica and bills what was produced', async () => {
    const { client, gateway, replica } = await serve((request) => {
      startStream(request).write(chunkOf('one') + chunkOf(' two'));
    });
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    let seen = 0;
    for await (const chunk of stream) {
      seen += chunk.choices.length;
      if (seen === 2) stream.controller.abort();
    }
    const [record] = await gateway.settled(1);
    expect(record).toMatchObject({ status: 'cancelled', httpStatus: 499, completionTokens: 2, costPicos: 300_000n });
    await expect.poll(replica.aborted).toBe(1);
  });

  test('an aborted stream is billed by the usage that the replica put on its chunks', async () => {
    const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 };
    const { client, gateway, replica } = await serve((request) => {
      startStream(request).write(chunkOf('one', { usage }));
    });
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    for await (const chunk of stream) {
      expect(chunk.usage).toBeUndefined();
      stream.controller.abort();
    }
    const [record] = await gateway.settled(1);
    expect(record).toMatchObject({ status: 'cancelled', promptTokens: 7, completionTokens: 5 });
    expect(replica.requests[0]?.body.stream_options).toMatchObject({ continuous_usage_stats: true });
  });

  test('lists and retrieves the models that its key may call', async () => {
    const { client, gateway } = await serve(answerAny);
    gateway.change({
      endpoints: [
        anEndpoint(),
        anEndpoint({ id: 'e2', name: 'shared', teamId: 't2', teamSlug: 'platform', visibility: 'organisation' }),
        anEndpoint({ id: 'e3', name: 'hidden', teamId: 't2', teamSlug: 'platform', visibility: 'team' }),
      ],
    });
    await expect
      .poll(async () => (await client.models.list()).data.map((model) => model.id))
      .toEqual(['chat', 'platform/shared']);
    expect((await client.models.retrieve('platform/shared')).owned_by).toBe('platform');
    await expect(client.models.retrieve('platform/hidden')).rejects.toThrow(/does not exist/);
  });
});

describe('a replica that fails', () => {
  test('in the middle of a stream: the client gets an error event, the ledger what was produced', async () => {
    const { client, gateway } = await serve((request) => {
      startStream(request).write(chunkOf('one'), () => request.res.destroy());
    });
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    await expect(async () => {
      for await (const _chunk of stream);
    }).rejects.toThrow(/lost in the middle/);
    const [record] = await gateway.settled(1);
    expect(record).toMatchObject({ status: 'failed', httpStatus: 502, completionTokens: 1 });
  });

  test('with a client error: the answer is relayed and nothing is tried again', async () => {
    const { gateway, replica } = await serve(({ res }) => {
      res.writeHead(400, { 'content-type': 'application/json' });
      res.end('{"error":{"message":"too long","type":"invalid_request_error","param":null,"code":"context_length"}}');
    });
    const response = await gateway.post('/v1/chat/completions', CHAT);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'context_length' } });
    expect(replica.requests).toHaveLength(1);
    const [record] = await gateway.settled(1);
    expect(record).toMatchObject({ status: 'failed', httpStatus: 400, costPicos: 0n });
  });

  test('by being full: its 429 is relayed with when to come back', async () => {
    const { gateway } = await serve(({ res }) => {
      res.writeHead(429, { 'content-type': 'application/json', 'retry-after': '3' });
      res.end('{"error":{"message":"full","type":"rate_limit_error","param":null,"code":"overloaded"}}');
    });
    const response = await gateway.post('/v1/chat/completions', CHAT);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
  });

  test('with 500 on one of two replicas: the other one serves the request', async () => {
    const { gateway, replica } = await serve(({ res }) => {
      res.writeHead(500, { 'content-type': 'application/json' });
      res.end('{"error":{"message":"out of luck"}}');
    });
    const good = await startReplica(answerAny);
    open.push({ close: good.kill });
    gateway.change({
      endpoints: [anEndpoint({ revisions: [aRevision({ addresses: [replica.address, good.address] })] })],
    });
    await expect.poll(async () => (await gateway.post('/v1/chat/completions', CHAT)).status).toBe(200);
    for (let i = 0; i < 6; i += 1) expect((await gateway.post('/v1/chat/completions', CHAT)).status).toBe(200);
  });

  test('by answering nonsense: 502 once no other replica is left to ask', async () => {
    const { gateway, replica } = await serve(({ res }) => {
      res.end('not json');
    });
    const response = await gateway.post('/v1/chat/completions', CHAT);
    expect(response.status).toBe(502);
    expect(replica.requests).toHaveLength(1);
  });

  test('that stays silent: 504 after the limit', async () => {
    const replica = await startReplica(() => undefined);
    const gateway = await startTestGateway(
      { endpoints: [anEndpoint({ revisions: [aRevision({ addresses: [replica.address] })] })] },
      { answerTimeoutMs: 200, graceMs: 100 },
    );
    open.push(gateway, { close: replica.kill });
    expect((await gateway.post('/v1/chat/completions', CHAT)).status).toBe(504);
  });
});

test('bytes cut anywhere, also inside a character, arrive whole', async () => {
  const { client } = await serve(async (request) => {
    const bytes = Buffer.from(`: hello\r\n\r\n${chunkOf('Zürich ☀️')}${FINISH}`.replaceAll('\n\n', '\r\n\r\n'));
    const res = startStream(request);
    for (const byte of bytes) {
      res.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    res.end();
  });
  let text = '';
  for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  expect(text).toBe('Zürich ☀️');
});

test('a client that reads slowly slows the replica down instead of filling the gateway', async () => {
  const piece = chunkOf('x'.repeat(10_000));
  let written = 0;
  const { gateway } = await serve(async (request) => {
    const res = startStream(request).setMaxListeners(0);
    for (let i = 0; i < 3_000 && !res.destroyed; i += 1) {
      written += piece.length;
      if (!res.write(piece)) await new Promise((resolve) => res.once('drain', resolve).once('close', resolve));
    }
    res.end(FINISH);
  });
  const response = await gateway.post('/v1/chat/completions', { ...CHAT, stream: true });
  const reader = response.body?.getReader();
  await reader?.read();
  // Sockets and streams buffer a few MB on both hops; 30 MB would mean that nothing holds the replica back.
  let before = -1;
  await expect
    .poll(
      () => {
        const isStill = written === before;
        before = written;
        return isStill;
      },
      { interval: 150, timeout: 5_000 },
    )
    .toBe(true);
  expect(written).toBeLessThan(20_000_000);
  let total = 0;
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) total += part.value.length;
  expect(total).toBeGreaterThan(29_000_000);
});

test('completions and embeddings are relayed and metered too', async () => {
  const { gateway } = await serve(({ res, path }) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ object: path, model: 'inner', usage: { prompt_tokens: 9, total_tokens: 9 } }));
  });
  for (const path of ['/v1/completions', '/v1/embeddings']) {
    const response = await gateway.post(path, { model: 'vision/chat', input: 'x', prompt: 'x' });
    expect(await response.json()).toMatchObject({ object: path, model: 'vision/chat' });
  }
  const records = await gateway.settled(2);
  expect(records.map((record) => [record.promptTokens, record.completionTokens])).toEqual([
    [9, 0],
    [9, 0],
  ]);
});

test('a key of another team calls a shared endpoint and is itself billed', async () => {
  const { gateway, replica } = await serve((request) => answerWhole(request));
  const endpoint = anEndpoint({ visibility: 'organisation', revisions: [aRevision({ addresses: [replica.address] })] });
  gateway.change({
    keys: [aKey({ id: 'key-2', secret: 'slp_other', teamId: 'team-speech', teamSlug: 'speech' })],
    endpoints: [endpoint],
  });
  const call = (model: string) =>
    gateway.post('/v1/chat/completions', { ...CHAT, model }, { authorization: 'Bearer slp_other' });
  await expect.poll(async () => (await call('vision/chat')).status).toBe(200);
  expect((await call('chat')).status).toBe(404);
  const [record] = await gateway.settled(1);
  expect(record).toMatchObject({ teamSlug: 'speech', endpointTeamSlug: 'vision' });
});
