import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FakePortal, sendJson, startFakePortal } from './testing/fake-portal.ts';
import { createRunner } from './testing/run.ts';

let portal: FakePortal;
beforeAll(async () => {
  portal = await startFakePortal();
});
afterAll(() => portal.close());
beforeEach(() => {
  portal.calls.length = 0;
});
const configOf = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

describe('exit codes', () => {
  test.each([
    [400, 7],
    [401, 3],
    [403, 4],
    [404, 5],
    [409, 6],
    [429, 8],
    [500, 1],
    [503, 8],
  ])('HTTP %i is exit code %i, with the sentence of the answer', async (status, code) => {
    portal.answer('GET /me', (res) => sendJson(res, status, { message: 'The reason, in words.', code: 'X' }));
    const result = await createRunner(portal.url).run('whoami');
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.notes).toContain('The reason, in words.');
  });

  test.each([
    ['nobody is signed in', 3, ['whoami'], { token: undefined }, 'slipway login'],
    ['nobody listens there', 8, ['whoami'], { url: 'http://127.0.0.1:1' }, 'Is Slipway running there?'],
    ['no team is chosen', 2, ['keys', 'list'], { team: undefined }, '--team'],
    ['an unknown command', 2, ['nonsense'], {}, 'unknown command'],
    ['an unknown option', 2, ['teams', 'list', '--nope'], {}, 'unknown option'],
    ['a missing option', 2, ['quota', 'request', '--slots', '1'], {}, '--purpose'],
    ['two sources', 2, ['models', 'register', 'm', '--path', '/a', '--s3', 's3://b/c'], {}, 'exactly one'],
    ['a file that is not there', 2, ['models', 'register', 'm', '--file', '/nonexistent'], {}, 'no file'],
    ['an amount that is none', 2, ['prices', 'set', '--kind', 'prompt_tokens', '--amount', '1,5'], {}, 'not an amount'],
    ['a name that is no slug', 7, ['teams', 'create', 'My Team'], {}, 'lower-case'],
    ['a count that is none', 7, ['endpoints', 'scale', 'bot', 'many'], {}, 'replicas'],
    ['a version that is not there', 5, ['deploy', 'bot', '--model', 'ghost'], {}, 'no ready version "ghost"'],
  ])('%s is exit code %i', async (_name, code, args, environment, says) => {
    const result = await createRunner(portal.url, environment).run(...args);
    expect(result.code).toBe(code);
    expect(result.notes).toContain(says);
  });

  test.each([[['--help']], [['models', 'register', '--help']]])('%j is help, not an error', async (args) => {
    const result = await createRunner(portal.url).run(...args);
    expect(result.code).toBe(0);
    expect(result.out).toContain('Usage: slipway');
  });

  test('an answer that is not understood is an error, not an empty list', async () => {
    portal.answer('GET /teams', { teams: [] });
    const result = await createRunner(portal.url).run('teams', 'list');
    expect([result.code, result.notes.includes('not understood')]).toEqual([1, true]);
  });
});

describe('login', () => {
  test('keeps token and first team in a file that only its owner can read', async () => {
    portal.answer('POST /login', { token: 'slpat_new', expiresAt: '2026-09-01T00:00:00Z', email: 'ada@example.com' });
    portal.answer('GET /me', {
      userId: 'u',
      email: 'ada@example.com',
      name: 'Ada',
      platformRole: 'user',
      mustChangePassword: false,
      platformPermissions: [],
      teams: [{ id: 't', slug: 'speech', name: 'Speech', role: 'team_member', permissions: [] }],
    });
    const runner = createRunner(portal.url, { token: undefined, team: undefined });
    runner.lines = ['ada@example.com', 'correct horse'];
    expect((await runner.run('login')).code).toBe(0);
    const { configPath } = runner.environment;
    expect(portal.calls[0]?.body).toEqual({ email: 'ada@example.com', password: 'correct horse', tokenName: 'cli' });
    expect(portal.calls[0]?.authorization).toBeUndefined();
    expect(configOf(configPath)).toMatchObject({ url: portal.url, token: 'slpat_new', team: 'speech' });
    expect(statSync(configPath).mode & 0o777).toBe(0o600);
    await runner.run('keys', 'list');
    expect(portal.calls.at(-1)).toMatchObject({ path: '/teams/speech/keys', authorization: 'Bearer slpat_new' });
    await runner.run('logout');
    expect((await runner.run('keys', 'list')).code).toBe(3);
  });

  test('a kept token is never sent to another address', async () => {
    const runner = createRunner(portal.url, { token: undefined });
    runner.lines = ['ada@example.com', 'correct horse'];
    await runner.run('login');
    const other = await startFakePortal();
    const result = await runner.run('--url', other.url, 'whoami');
    expect([result.code, other.calls]).toEqual([3, []]);
    other.close();
  });

  test('the password may come from standard input, without its line end', async () => {
    const runner = createRunner(portal.url);
    runner.piped = 'correct horse\n';
    await runner.run('login', '--email', 'ada@example.com', '--password-stdin');
    expect(portal.calls[0]?.body).toMatchObject({ password: 'correct horse' });
  });
});

test('deleting an endpoint asks for its name, and a wrong one deletes nothing', async () => {
  const runner = createRunner(portal.url);
  runner.lines = ['other'];
  expect((await runner.run('endpoints', 'delete', 'bot')).code).toBe(2);
  expect(portal.calls).toEqual([]);
  runner.lines = ['bot'];
  expect((await runner.run('endpoints', 'delete', 'bot')).code).toBe(0);
});

test('a file is uploaded resumably with what it is for, then registered', async () => {
  const file = join(tmpdir(), `slipway-upload-${process.pid}.gguf`);
  writeFileSync(file, 'GGUF');
  portal.answer('POST /api/uploads', (res) => {
    res.writeHead(201, { location: '/api/uploads/up-1', 'tus-resumable': '1.0.0' }).end();
  });
  portal.answer('PATCH /api/uploads/up-1', (res) => {
    res.writeHead(204, { 'upload-offset': '4', 'tus-resumable': '1.0.0' }).end();
  });
  const result = await createRunner(portal.url).run('models', 'register', 'chat', '--file', file);
  expect(result).toMatchObject({ code: 0 });
  const created = portal.calls.find((call) => call.path === '/api/uploads');
  const metadata = Object.fromEntries(
    String(created?.headers['upload-metadata'])
      .split(',')
      .map((pair) => pair.split(' '))
      .map(([name, value]) => [name, Buffer.from(value ?? '', 'base64').toString()]),
  );
  expect(metadata).toEqual({ team: 'vision', purpose: 'model', filename: expect.stringMatching(/\.gguf$/) });
  expect(created?.authorization).toBe('Bearer slpat_test');
  expect(portal.calls.at(-1)?.body).toEqual({ source: { kind: 'upload', uploadId: 'up-1' } });
});

test('an upload that is refused says why, with the exit code of the reason', async () => {
  const file = join(tmpdir(), `slipway-refused-${process.pid}.gguf`);
  writeFileSync(file, 'GGUF');
  portal.answer('POST /api/uploads', (res) => sendJson(res, 413, { message: 'too large' }));
  const result = await createRunner(portal.url).run('models', 'register', 'chat', '--file', file);
  expect(result.code).toBe(7);
  expect(result.notes).toContain('too large');
});

describe('chat', () => {
  const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
  const stream =
    (...texts: string[]) =>
    (res: ServerResponse) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const text of texts) res.write(chunk(text));
      res.end('data: [DONE]\n\n');
    };
  const unauthorised = (res: ServerResponse) => sendJson(res, 401, { error: { message: 'This API key was revoked.' } });
  const ROUTE = 'POST /v1/chat/completions';

  test('streams an answer with a key that it makes for itself and keeps', async () => {
    portal.answer(ROUTE, stream('Pa', 'ris'));
    const runner = createRunner(portal.url, { gatewayUrl: portal.url });
    const result = await runner.run('chat', 'bot', 'Capital of France?', '--max-tokens', '5', '--system', 'Be brief.');
    expect([result.code, result.out]).toEqual([0, 'Paris\n']);
    const asked = portal.calls.find((call) => call.path === '/v1/chat/completions');
    expect(asked?.authorization).toBe('Bearer secret');
    expect(asked?.body).toEqual({
      model: 'bot',
      stream: true,
      max_tokens: 5,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Capital of France?' },
      ],
    });
    await runner.run('chat', 'bot', 'Again?');
    expect(portal.calls.filter((call) => call.path === '/teams/vision/keys')).toHaveLength(1);
  });

  test('a kept key that was revoked is replaced once', async () => {
    portal.answer(ROUTE, stream('one'), unauthorised, stream('two'));
    const runner = createRunner(portal.url, { gatewayUrl: portal.url });
    await runner.run('chat', 'bot', 'Hello');
    const again = await runner.run('chat', 'bot', 'Hello');
    expect([again.code, again.out]).toEqual([0, 'two\n']);
    expect(portal.calls.filter((call) => call.path === '/teams/vision/keys')).toHaveLength(2);
  });

  test('a given key is used as it is, and its refusal is the answer', async () => {
    portal.answer(ROUTE, unauthorised);
    const runner = createRunner(portal.url, { gatewayUrl: portal.url, apiKey: 'slp_mine' });
    const result = await runner.run('chat', 'bot', 'Hello');
    expect([result.code, result.notes.includes('was revoked')]).toEqual([3, true]);
    expect(portal.calls.every((call) => call.authorization === 'Bearer slp_mine')).toBe(true);
    expect(existsSync(runner.environment.configPath)).toBe(false);
  });

  test('a conversation remembers what was said', async () => {
    portal.answer(ROUTE, stream('Hi'), stream('Bye'));
    const runner = createRunner(portal.url, { gatewayUrl: portal.url, apiKey: 'slp_mine' });
    runner.lines = ['Hello', 'Leave', '/exit'];
    expect((await runner.run('chat', 'bot')).out).toBe('Hi\nBye\n');
    expect(portal.calls.at(-1)?.body).toMatchObject({
      messages: [{ content: 'Hello' }, { role: 'assistant', content: 'Hi' }, { content: 'Leave' }],
    });
  });

  test('a stream that breaks is an error, not the end of the answer', async () => {
    portal.answer(ROUTE, (res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.end(`${chunk('Pa')}data: {"error":{"message":"The replica was lost."}}\n\ndata: [DONE]\n\n`);
    });
    const runner = createRunner(portal.url, { gatewayUrl: portal.url, apiKey: 'slp_mine' });
    const result = await runner.run('chat', 'bot', 'Hello');
    expect([result.code, result.notes.includes('The replica was lost.')]).toEqual([8, true]);
  });
});
