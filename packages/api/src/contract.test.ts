import { CONTRACT } from '@slipway/domain';
import { describe, expect, test } from 'vitest';
import { appRouter, openApiDocument } from './index.ts';
import { matchRoute, ROUTES } from './rest/match-route.ts';
import type { ProcedureMeta } from './trpc.ts';

interface Declared {
  _def: { type: string; meta?: ProcedureMeta };
}
const procedures = appRouter._def.procedures as unknown as Record<string, Declared>;
const declared = ROUTES.map((route) => ({ ...route, key: `${route.noun}.${route.name}` }));

describe('every verb of the contract', () => {
  test.each(declared)('$key is a procedure with the contract’s kind, access, method and path', ({ key, contract }) => {
    const { kind, access, method, path, summary } = contract;
    const procedure = procedures[key];
    expect(procedure?._def.type).toBe(kind);
    expect(procedure?._def.meta).toMatchObject({ access, openapi: { method, path, summary } });
  });

  test('and nothing else is a procedure, but the live events', () => {
    expect(Object.keys(procedures).sort()).toEqual([...declared.map(({ key }) => key), 'live.events'].sort());
  });

  test.each(declared)('$key is reached over REST by its method and path', ({ noun, name, contract }) => {
    const path = contract.path.replace(/\{(\w+)\}/g, 'a%20$1');
    const match = matchRoute(contract.method, path);
    expect(match).toMatchObject({ kind: 'found', route: { noun, name } });
    const parameters = [...contract.path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter ?? '');
    const params = match.kind === 'found' ? match.params : {};
    expect(params).toEqual(Object.fromEntries(parameters.map((parameter) => [parameter, `a ${parameter}`])));
    expect(Object.keys(contract.input.shape)).toEqual(expect.arrayContaining(parameters));
  });

  test.each(declared)('$key is in openapi.json', ({ noun, name, contract }) => {
    const item = openApiDocument().paths?.[contract.path];
    const method = contract.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
    expect(item?.[method]).toMatchObject({ operationId: `${noun}-${name}`, tags: [noun], summary: contract.summary });
  });
});

test('openapi.json points nowhere that does not exist', () => {
  const document = openApiDocument();
  const text = JSON.stringify(document);
  const pointers = new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name));
  expect([...pointers].sort()).toEqual(Object.keys(document.components?.schemas ?? {}).sort());
  expect(document.paths?.['/quota/requests/{requestId}/approve']?.post?.requestBody).toMatchObject({ required: false });
  expect(document.paths?.['/teams']?.post?.requestBody).toMatchObject({ required: true });
});

test('no two verbs share method and path', () => {
  const routes = ROUTES.map(({ contract }) => `${contract.method} ${contract.path.replace(/\{\w+\}/g, '{}')}`);
  expect(new Set(routes).size).toBe(routes.length);
});

test('a verb that changes something is never a GET', () => {
  const unsafe = ROUTES.filter(({ contract }) => contract.kind === 'mutation' && contract.method === 'GET');
  expect(unsafe).toEqual([]);
});

test('the verbs of each noun stand under the same names in the contract and the router', () => {
  expect(Object.keys(CONTRACT).sort()).toEqual([...new Set(declared.map(({ noun }) => noun))].sort());
});

describe('matchRoute', () => {
  test('tells a wrong method from an unknown path', () => {
    expect(matchRoute('PUT', '/me')).toEqual({ kind: 'wrong_method', allowed: ['GET'] });
    expect(matchRoute('GET', '/nowhere')).toEqual({ kind: 'unknown' });
    expect(matchRoute('GET', '/teams//quota')).toEqual({ kind: 'unknown' });
  });
  test('takes a broken escape as it stands', () => {
    expect(matchRoute('GET', '/teams/%zz')).toMatchObject({ params: { team: '%zz' } });
  });
});
