import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerAny, type ScriptedReplica, startReplica } from './testing/scripted-replica.ts';
import {
  aKey,
  anEndpoint,
  aRevision,
  CHAT,
  PRICES,
  startTestGateway,
  type TestGateway,
} from './testing/test-gateway.ts';

let gateway: TestGateway;
let replica: ScriptedReplica;
beforeAll(async () => {
  replica = await startReplica(answerAny);
  const past = new Date(Date.now() - 60_000);
  gateway = await startTestGateway({
    keys: [
      aKey(),
      aKey({ id: 'key-2', secret: 'slp_old', expiresAt: past }),
      aKey({ id: 'key-3', secret: 'slp_gone', revokedAt: past }),
    ],
    endpoints: [
      anEndpoint({ revisions: [aRevision({ addresses: [replica.address] })] }),
      anEndpoint({ id: 'e2', name: 'secret', teamId: 't2', teamSlug: 'other' }),
      anEndpoint({ id: 'e3', name: 'unpriced', revisions: [aRevision({ id: 'rev-9', modelName: 'vision/new' })] }),
    ],
    prices: PRICES.map((price) => ({ ...price, modelName: 'vision/chat' })),
  });
});
afterAll(async () => {
  await gateway.close();
  await replica.kill();
});

const deep = `{"model":"chat","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;

describe('a request that cannot be served is refused in OpenAI form', () => {
  test.each([
    ['no key', { headers: { authorization: '' } }, 401, 'invalid_api_key', 'Bearer'],
    ['a header that is not Bearer', { headers: { authorization: 'Basic abc' } }, 401, 'invalid_api_key', 'not `Bearer'],
    ['an unknown key', { headers: { authorization: 'Bearer slp_x' } }, 401, 'invalid_api_key', 'not known'],
    ['an expired key', { headers: { authorization: 'Bearer slp_old' } }, 401, 'invalid_api_key', 'expired at'],
    ['a revoked key', { headers: { authorization: 'Bearer slp_gone' } }, 401, 'invalid_api_key', 'revoked'],
    ['no JSON', { body: '{' }, 400, 'invalid_request', 'not valid JSON'],
    ['an empty body', { body: '' }, 400, 'invalid_request', 'not valid JSON'],
    ['a JSON array', { body: '[]' }, 400, 'invalid_request', 'JSON object'],
    ['no model', { body: '{}' }, 400, 'invalid_request', 'model'],
    ['a model that is a number', { body: '{"model":3}' }, 400, 'invalid_request', 'model'],
    ['an empty model', { body: '{"model":""}' }, 400, 'invalid_request', 'model'],
    ['a stream flag that is text', { body: '{"model":"chat","stream":"yes"}' }, 400, 'invalid_request', 'boolean'],
    ['a priority before others', { body: '{"model":"chat","priority":-1}' }, 400, 'invalid_request', 'below 0'],
    ['a priority that is text', { body: '{"model":"chat","priority":"1"}' }, 400, 'invalid_request', 'whole number'],
    [
      'a cache salt that is no text',
      { body: '{"model":"chat","cache_salt":{}}' },
      400,
      'invalid_request',
      'cache_salt',
    ],
    ['very deep nesting', { body: deep }, 400, 'invalid_request', 'nested'],
    ['an unknown model', { body: '{"model":"nope"}' }, 404, 'model_not_found', '`nope`'],
    ['a foreign team’s private model', { body: '{"model":"other/secret"}' }, 404, 'model_not_found', 'other/secret'],
    ['a prototype name as model', { body: '{"model":"__proto__"}' }, 404, 'model_not_found', '__proto__'],
    ['a model without a price', { body: '{"model":"unpriced"}' }, 503, 'price_missing', 'price book lacks a price'],
    ['a body over 10 MB', { body: 'x'.repeat(10 * 1024 * 1024 + 1) }, 413, 'request_too_large', 'larger than'],
    ['an unknown path', { path: '/v1/nope' }, 404, 'unknown_url', '/v1/nope'],
    ['a prototype name as path', { path: 'constructor' }, 404, 'unknown_url', ''],
    ['a wrong method', { path: '/v1/models' }, 405, 'method_not_allowed', 'takes GET'],
  ])(
    '%s',
    async (_name, ask: { headers?: Record<string, string>; body?: string; path?: string }, status, code, says) => {
      const path = ask.path?.startsWith('/') === false ? `/${ask.path}` : (ask.path ?? '/v1/chat/completions');
      const response = await gateway.post(path, ask.body ?? CHAT, ask.headers);
      const body = (await response.json()) as {
        error: { message: string; code: string; type: string; param: unknown };
      };
      expect([response.status, body.error.code]).toEqual([status, code]);
      expect(body.error.message).toContain(says);
      expect(body.error.type).toMatch(/_error$/);
      expect(response.headers.get('x-request-id')).toBeTruthy();
    },
  );

  test('and none of these reaches a replica or the ledger', () => {
    expect(replica.requests).toEqual([]);
    expect(gateway.ledger.size).toBe(0);
  });
});

test('a body without a declared length is cut off at 10 MB too', async () => {
  const status = await new Promise((resolve, reject) => {
    const req = request(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer slp_test', 'transfer-encoding': 'chunked' },
    });
    req.on('response', (res) => resolve(res.statusCode));
    req.on('error', reject);
    const block = Buffer.alloc(1024 * 1024, 32);
    let sent = 0;
    const send = () => {
      if (sent++ < 12) req.write(block, send);
    };
    send();
  });
  expect(status).toBe(413);
});

test('a client that sends everything before it reads gets the refusal, not a broken connection', async () => {
  const bytes = 11 * 1024 * 1024;
  const { port } = new URL(gateway.url);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', reject);
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer slp_test\r\ncontent-length: ${bytes}\r\n\r\n`;
    socket.pause();
    socket.write(head);
    socket.write(Buffer.alloc(bytes, 32), () => socket.once('data', (data) => resolve(data.toString())).resume());
  });
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});

test.each([
  ['a short safe id is echoed', 'trace-1.a:b_c', (id: string | null) => id === 'trace-1.a:b_c'],
  ['a long one is replaced', 'x'.repeat(65), (id: string | null) => id !== null && /^[0-9a-f-]{36}$/.test(id)],
  ['one with other characters is replaced', 'a b"c', (id: string | null) => id !== null && /^[0-9a-f-]{36}$/.test(id)],
])('x-request-id: %s', async (_name, sent, isRight) => {
  const response = await fetch(`${gateway.url}/healthz`, { headers: { 'x-request-id': sent } });
  expect(isRight(response.headers.get('x-request-id'))).toBe(true);
});

test('two requests with one x-request-id are two records', async () => {
  const before = gateway.ledger.size;
  for (let i = 0; i < 2; i += 1) await gateway.post('/v1/chat/completions', CHAT, { 'x-request-id': 'same' });
  expect((await gateway.settled(before + 2)).length).toBe(before + 2);
});

test.each([
  ['none', {}, 'team-vision:'],
  ['its own', { cache_salt: 'a' }, 'team-vision:a'],
  ['another team’s', { cache_salt: 't2:' }, 'team-vision:t2:'],
])('the prefix cache is the team’s own, whatever salt its caller sends: %s', async (_name, sent, salt) => {
  await gateway.post('/v1/chat/completions', { ...CHAT, ...sent });
  expect(replica.requests.at(-1)?.body.cache_salt).toBe(salt);
});

test('browsers may call from any page', async () => {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'OPTIONS' });
  expect(response.status).toBe(204);
  expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
});

test('metrics and log tell of requests, tokens and refusals, and hold no prompt and no key', async () => {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  const labels = 'team="vision",endpoint="vision/chat",revision="1"';
  expect(metrics).toContain(`slipway_gateway_requests_total{${labels},status="succeeded"} 5`);
  expect(metrics).toContain(`slipway_gateway_tokens_total{${labels},kind="completion"} 15`);
  expect(metrics).toContain('slipway_gateway_errors_total{code="model_not_found"} 3');
  expect(metrics).toContain('slipway_gateway_request_duration_seconds_count');
  expect(metrics).toContain('slipway_gateway_in_flight 0');
  const lines = gateway.logs.map((line) => JSON.parse(line));
  expect(lines.filter((line) => line.status === 'succeeded')).toHaveLength(5);
  expect(gateway.logs.join('\n')).not.toMatch(/capital of France|slp_/);
});

test('ready is said of a running gateway', async () => {
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
});

test('a replica is told which team it works for, whoever the caller says it is', async () => {
  await gateway.post('/v1/chat/completions', CHAT, { 'x-slipway-tenant': 'team-other' });
  expect(replica.requests.at(-1)?.req.headers['x-slipway-tenant']).toBe('team-vision');
});
