import { describe, expect, it } from 'vitest';
import { parseDataset } from './dataset.ts';
import { TrainingError } from './training-error.ts';
import { splitWindows } from './windows.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');

describe('parseDataset', () => {
  it('reads a .txt file as one document', () => {
    expect(parseDataset('a.txt', bytes('some text\n'))).toEqual([{ text: 'some text\n' }]);
  });

  it('reads .jsonl with texts and conversations, and skips empty lines', () => {
    const messages = [{ role: 'user', content: 'hi' }];
    const file = `${JSON.stringify({ text: 'one' })}\n\n${JSON.stringify({ messages })}\n`;
    expect(parseDataset('a.jsonl', bytes(file))).toEqual([{ text: 'one' }, { messages }]);
  });

  it.each([
    { name: 'an empty file', file: 'a.txt', content: bytes(' \n'), message: /is empty/ },
    { name: 'bytes that are not UTF-8', file: 'a.txt', content: Buffer.from([0x61, 0xff, 0xfe]), message: /not UTF-8/ },
    { name: 'binary data', file: 'a.txt', content: Buffer.from([0x47, 0x00, 0x01]), message: /NUL/ },
    { name: 'another kind of file', file: 'a.csv', content: bytes('a,b'), message: /\.txt or \.jsonl/ },
    { name: 'broken JSON', file: 'a.jsonl', content: bytes('{"text":"a"}\n{"text":'), message: /line 2 is not JSON/ },
    { name: 'a line of another shape', file: 'a.jsonl', content: bytes('{"prompt":"a"}'), message: /line 1 must be/ },
    { name: 'a text that is a number', file: 'a.jsonl', content: bytes('{"text":1}'), message: /line 1 must be/ },
    {
      name: 'a message without content',
      file: 'a.jsonl',
      content: bytes('\n{"messages":[{"role":"user","content":"a"},{"role":"user"}]}'),
      message: /line 2, message 2 must have/,
    },
  ])('refuses $name', ({ file, content, message }) => {
    expect(() => parseDataset(file, content)).toThrow(TrainingError);
    expect(() => parseDataset(file, content)).toThrow(message);
  });
});

describe('splitWindows', () => {
  const input = { tokenCount: 256 * 10 + 1, contextTokens: 256, validationFraction: 0.2, seed: 1 };

  it('never learns from a window it checks against', () => {
    const { train, validation } = splitWindows(input);
    expect(validation).toHaveLength(2);
    const all = [...train, ...validation].sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 10 }, (_, index) => index * 256));
  });

  it('splits the same way for the same seed and differently for another', () => {
    expect(splitWindows(input)).toEqual(splitWindows(input));
    const splits = [1, 2, 3, 4].map((seed) => splitWindows({ ...input, seed }).validation.join());
    expect(new Set(splits).size).toBeGreaterThan(1);
  });

  it('keeps at least one window on each side', () => {
    const { train, validation } = splitWindows({ ...input, tokenCount: 513, validationFraction: 0.01 });
    expect([train.length, validation.length]).toEqual([1, 1]);
  });

  it.each([
    { tokenCount: 512, validationFraction: 0.1, needs: 513 },
    { tokenCount: 256, validationFraction: 0, needs: 257 },
  ])('refuses $tokenCount tokens and says that $needs are needed', ({ tokenCount, validationFraction, needs }) => {
    expect(() => splitWindows({ ...input, tokenCount, validationFraction })).toThrow(`at least ${needs}`);
  });
});
