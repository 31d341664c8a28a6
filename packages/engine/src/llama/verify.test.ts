import { describe, expect, it } from 'vitest';
import { LlamaIncompatibleError } from './errors.ts';
import { assertCompatible, fieldMismatches } from './verify.ts';

describe('the check of the native library', () => {
  const expected = { n_ctx: 512, embeddings: false, devices: null };

  it('accepts equal defaults, whether koffi gave a number or a bigint', () => {
    expect(fieldMismatches('params', { ...expected, n_ctx: 512n }, expected)).toEqual([]);
  });

  it.each([
    { name: 'another value', actual: { ...expected, n_ctx: 2048 }, words: 'params.n_ctx is 2048, expected 512' },
    { name: 'a shifted boolean', actual: { ...expected, embeddings: true }, words: 'params.embeddings is true' },
    { name: 'a pointer that should be null', actual: { ...expected, devices: 7n }, words: 'params.devices is 7' },
  ])('reports $name', ({ actual, words }) => {
    expect(fieldMismatches('params', actual, expected).join()).toContain(words);
  });

  it('refuses another release even when its defaults are the same', () => {
    const structs = [{ name: 'params', actual: expected, expected }];
    expect(() => assertCompatible({ version: '0.6.0', expectedVersion: '0.5.0', structs })).toThrow(
      LlamaIncompatibleError,
    );
    expect(() => assertCompatible({ version: '0.6.0', expectedVersion: '0.5.0', structs })).toThrow(/0\.6\.0/);
  });
});
