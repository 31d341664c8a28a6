import { authenticateToken } from '@slipway/use-cases/access';
import { ADMIN_PASSWORD, openTestPlatform, type TestPlatform } from '@slipway/use-cases/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ContextInput, createContext, type UnexpectedError } from '../context.ts';
import { handleRest } from './handle-rest.ts';
import { restErrorSchema } from './openapi.ts';

let platform: TestPlatform;
let token = '';
const logged: UnexpectedError[] = [];

beforeAll(async () => {
  platform = await openTestPlatform();
  const { status, body } = await send('POST', '/login', { email: 'Admin@example.com', password: ADMIN_PASSWORD });
  expect(status).toBe(200);
  token = String(body.token);
});
afterAll(() => platform.close());

interface Answer {
  status: number;
  headers: Headers;
  body: any;
}

async function send(method: string, path: string, body?: unknown, context: Partial<ContextInput> = {}) {
  const headers = { 'content-type': 'application/json' };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = new Request(`http://portal.test/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { headers, body: text }),
  });
  return answerTo(request, context);
}

async function answerTo(request: Request, context: Partial<ContextInput> = {}): Promise<Answer> {
  const actor = token === '' ? null : await authenticateToken(platform.deps, token);
  const logError = (entry: UnexpectedError) => logged.push(entry);
  const ctx = createContext({ deps: platform.deps, actor, requestId: 'req-1', logError, ...context });
  const response = await handleRest(request, ctx);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe('the REST API', () => {
  test('answers who one is by token', async () => {
    const { status, body, headers } = await send('GET', '/me');
    expect([status, body.email, headers.get('x-request-id')]).toEqual([200, 'admin@example.com', 'req-1']);
  });

  test('takes path, query and body as one input', async () => {
    await send('POST', '/teams', { name: 'Vision', slug: 'vision' });
    expect((await send('GET', '/teams?search=visi')).body.items).toHaveLength(1);
    const asked = { flavor: 'cpu', slots: 2, durationHours: 24, purpose: 'a first try' };
    const request = await send('POST', '/teams/vision/quota/requests', asked);
    expect(request.body).toMatchObject({ team: 'vision', slots: 2, status: 'pending' });
    expect((await send('POST', `/quota/requests/${request.body.id}/approve`)).body.status).toBe('succeeded');
    const quota = await send('GET', '/teams/vision/quota/');
    expect(quota.body.items[0].grantedSlots).toBe(2);
    expect((await send('DELETE', `/quota/grants/${quota.body.items[0].grants[0].id}`)).status).toBe(200);
  });

  test('coerces numbers of a query string, and refuses what is none', async () => {
    expect((await send('GET', '/audit?limit=1')).body.items).toHaveLength(1);
    const wrong = await send('GET', '/audit?limit=many');
    expect(wrong.status).toBe(400);
    expect(wrong.body).toMatchObject({ code: 'invalid_input', field: 'limit', requestId: 'req-1' });
  });

  test('describes itself', async () => {
    const { body } = await send('GET', '/openapi.json');
    expect(body.openapi).toMatch(/^3\.1/);
    expect(body.paths['/teams/{team}/endpoints'].post.requestBody).toBeDefined();
  });
});

test('with a password that was given out one may only learn who one is, until one has chosen one’s own', async () => {
  const temporary = { ...platform.admin, mustChangePassword: true };
  expect((await send('GET', '/me', undefined, { actor: temporary })).status).toBe(200);
  for (const [method, path, body] of [
    ['GET', '/teams', undefined],
    ['GET', '/users', undefined],
    ['POST', '/tokens', { name: 'spare' }],
  ] as const) {
    const refused = await send(method, path, body, { actor: temporary });
    expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining('/change-password')]);
  }
});

describe('an error is one JSON object with a code, a message and the request id', () => {
  test.each([
    ['an unknown path', 'GET', '/nowhere', undefined, 404, 'not_found'],
    ['an unknown team', 'GET', '/teams/nowhere', undefined, 404, 'not_found'],
    ['a wrong method', 'PUT', '/me', undefined, 405, 'invalid_input'],
    ['a body that is not JSON', 'POST', '/teams', '{', 400, 'invalid_input'],
    ['a body that is no object', 'POST', '/teams', '[1]', 400, 'invalid_input'],
    ['a NUL in a search', 'GET', '/teams?search=a%00', undefined, 400, 'invalid_input'],
    ['a NUL in a name', 'POST', '/teams', { name: 'a\0b', slug: 'a-b' }, 400, 'invalid_input'],
    ['half a surrogate pair', 'POST', '/tokens', '{"name":"\\ud83d"}', 400, 'invalid_input'],
    [
      'a price that is null, which must not be free',
      'POST',
      '/prices',
      { kind: 'prompt_tokens', amountMicros: null },
      400,
      'invalid_input',
    ],
    ['a scale to nothing at all', 'POST', '/teams/platform/endpoints/x/scale', { replicas: '' }, 400, 'invalid_input'],
    ['a missing field', 'POST', '/teams', { name: 'x' }, 400, 'invalid_input'],
    ['a taken name', 'POST', '/teams', { name: 'Platform', slug: 'platform' }, 409, 'conflict'],
  ] as const)('%s', async (_, method, path, body, status, code) => {
    const answer = await send(method, path, body);
    expect(answer.status).toBe(status);
    expect(restErrorSchema.strict().safeParse(answer.body).error).toBeUndefined();
    expect(answer.body).toMatchObject({ code, requestId: 'req-1', message: expect.any(String) });
  });

  test('a form of another site, which browsers send without asking, is refused', async () => {
    const form = new URLSearchParams({ name: 'Mallory', slug: 'mallory' });
    const request = new Request('http://portal.test/api/v1/teams', { method: 'POST', body: form });
    expect((await answerTo(request)).status).toBe(415);
  });

  test('nobody signed in', async () => {
    expect((await send('GET', '/me', undefined, { actor: null })).status).toBe(401);
  });

  test('a fault of ours shows its request id, not its words, and is logged', async () => {
    const now = () => {
      throw new Error('the secret reason');
    };
    const answer = await send('GET', '/clusters', undefined, { deps: { ...platform.deps, now } });
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('secret reason');
    expect(answer.body.message).toContain('req-1');
    expect(logged.map((entry) => String(entry.error))).toContain('Error: the secret reason');
  });
});
