import { describe, expect, it } from 'vitest';
import { parseDataset } from './dataset.ts';
import { TrainingError } from './training-error.ts';

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
