import { expect, test } from 'vitest';
import { isSameOrigin, refuseForeignOrigin } from './same-origin.ts';

const cases: Record<string, [Record<string, string>, boolean]> = {
  'our own page': [{ 'sec-fetch-site': 'same-origin', cookie: 's=1' }, true],
  'an address typed by hand': [{ 'sec-fetch-site': 'none', cookie: 's=1' }, true],
  'another site': [{ 'sec-fetch-site': 'cross-site', cookie: 's=1' }, false],
  'a neighbour on the same registrable domain': [{ 'sec-fetch-site': 'same-site', cookie: 's=1' }, false],
  'an old browser on our page': [{ origin: 'http://portal:3000', host: 'portal:3000', cookie: 's=1' }, true],
  'an old browser elsewhere': [{ origin: 'http://evil.test', host: 'portal:3000', cookie: 's=1' }, false],
  'a sandboxed frame': [{ origin: 'null', host: 'portal:3000', cookie: 's=1' }, false],
  'a script with a token': [{ authorization: 'Bearer slpat_x' }, true],
  'a cookie with no origin at all': [{ cookie: 's=1' }, false],
};

test.each(Object.entries(cases))('%s', (_name, [headers, expected]) => {
  expect(isSameOrigin(new Headers(headers))).toBe(expected);
});

test('reading is never refused', () => {
  const headers = { 'sec-fetch-site': 'cross-site' };
  expect(refuseForeignOrigin(new Request('http://portal/api', { headers }))).toBeNull();
  expect(refuseForeignOrigin(new Request('http://portal/api', { headers, method: 'POST' }))?.status).toBe(403);
});
