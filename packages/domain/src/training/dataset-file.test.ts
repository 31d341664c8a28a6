import { describe, expect, it } from 'vitest';
import { readDatasetFile } from './dataset-file.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('readDatasetFile', () => {
  it('takes text, with the lines that hold something', () => {
    expect(readDatasetFile('a.txt', bytes('one\r\n\ntwo\n'))).toEqual({
      isValid: true,
      format: 'text',
      lineCount: 2,
      preview: ['one', 'two'],
    });
  });

  it('takes documents, by the name or by the first line', () => {
    const lines = '{"text":"a"}\n{"messages":[{"role":"user","content":"b"}]}\n';
    expect(readDatasetFile('a.jsonl', bytes(lines))).toMatchObject({ isValid: true, format: 'jsonl', lineCount: 2 });
    expect(readDatasetFile('pasted text', bytes(lines))).toMatchObject({ isValid: true, format: 'jsonl' });
    expect(readDatasetFile('a.txt', bytes('{"other":1}\n'))).toMatchObject({ isValid: true, format: 'text' });
  });

  const refused: [string, string, Uint8Array, string[]][] = [
    ['nothing', 'a.txt', bytes(' \n '), ['It is empty.']],
    [
      'bytes that are not UTF-8',
      'a.txt',
      Uint8Array.of(0xff, 0xfe, 0x41),
      ['It is not UTF-8 text: save it as UTF-8 first.'],
    ],
    ['NUL bytes', 'a.txt', bytes('a\0b'), ['It holds NUL bytes, so it is not text.']],
    ['a list', 'a.jsonl', bytes('{"text":"a"}\n[1]'), ['Line 2 is not a JSON object.']],
    ['no known field', 'a.jsonl', bytes('\n{"prompt":"a"}'), ['Line 2 has neither "text" nor "messages".']],
    [
      'a message without content',
      'a.jsonl',
      bytes('{"messages":[{"role":"user"}]}'),
      ['Line 1 has a message without "role" and "content" as strings.'],
    ],
    ['no message', 'a.jsonl', bytes('{"messages":[]}'), ['Line 1 has "messages" that are no list of messages.']],
  ];
  it.each(refused)('refuses %s', (_sentence, name, content, problems) => {
    expect(readDatasetFile(name, content)).toEqual({ isValid: false, problems });
  });

  it('names the first wrong lines and stops', () => {
    const file = readDatasetFile('a.jsonl', bytes('no\n'.repeat(100)));
    expect(file).toMatchObject({ isValid: false });
    if (!file.isValid) expect(file.problems).toHaveLength(6);
  });

  it('cuts long lines and long files for the preview', () => {
    const file = readDatasetFile('a.txt', bytes(`${'x'.repeat(9_999)}\n`.repeat(50)));
    if (!file.isValid) throw new Error('refused');
    expect(file.preview.map((line) => line.length)).toEqual(Array(20).fill(500));
  });
});
