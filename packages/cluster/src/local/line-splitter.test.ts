import { describe, expect, it } from 'vitest';
import { LINE_LIMIT, LineSplitter } from './line-splitter.ts';

function split(chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(Buffer.from(chunk));
  splitter.end();
  return lines;
}

describe('LineSplitter', () => {
  it.each([
    {
      title: 'joins a line over chunks',
      chunks: ['on', 'e\ntw', 'o\n'],
      lines: ['one', 'two'],
    },
    { title: 'keeps empty lines', chunks: ['a\n\nb\n'], lines: ['a', '', 'b'] },
    {
      title: 'gives out the last line without a break',
      chunks: ['a\nb'],
      lines: ['a', 'b'],
    },
    {
      title: 'takes carriage returns off',
      chunks: ['a\r\nb\r\n'],
      lines: ['a', 'b'],
    },
    { title: 'takes NULs out', chunks: ['a\0b\n'], lines: ['ab'] },
    { title: 'gives nothing for nothing', chunks: [], lines: [] },
  ])('$title', ({ chunks, lines }) => {
    expect(split(chunks)).toEqual(lines);
  });
  it('does not cut a character that arrives in two chunks', () => {
    const bytes = Buffer.from('grün\n');
    expect(split([bytes.subarray(0, 3), bytes.subarray(3)])).toEqual(['grün']);
  });
  it('cuts an endless line and holds no more than the limit', () => {
    const [first, second] = split(['x'.repeat(LINE_LIMIT), 'x'.repeat(LINE_LIMIT * 3), '\nshort\n']);
    expect(first).toBe(`${'x'.repeat(LINE_LIMIT)} … (line cut)`);
    expect(second).toBe('short');
  });
});
