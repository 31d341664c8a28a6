import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

test.each([
  ['one entry', '10.0.0.7', '10.0.0.7'],
  ['what a client put before the proxy’s entry does not count', '1.2.3.4, 10.0.0.7', '10.0.0.7'],
  ['no entry', '', 'unknown'],
  ['one too long for any address is cut', 'x'.repeat(10_000), 'x'.repeat(45)],
])('%s', (_, header, expected) => {
  expect(clientAddress(new Headers({ 'x-forwarded-for': header }))).toBe(expected);
});
