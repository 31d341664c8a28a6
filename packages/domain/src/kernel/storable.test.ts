import { expect, test } from 'vitest';
import { isStorable } from './storable.ts';

const deep = JSON.parse(`${'['.repeat(100_000)}"\\u0000"${']'.repeat(100_000)}`);

test.each([
  ['plain text', 'Zürich ☀️', true],
  ['numbers, dates and nothing', { a: 1, b: new Date(0), c: null, d: undefined }, true],
  ['a NUL', 'a\0b', false],
  ['a NUL inside', { list: [{ name: 'a\0' }] }, false],
  ['a NUL in a name of a field', { 'a\0': 1 }, false],
  ['a NUL however deep', deep, false],
  ['half of a surrogate pair', ['\ud83d'], false],
])('%s', (_, value, expected) => expect(isStorable(value)).toBe(expected));
