import { describe, expect, test } from 'vitest';
import { ToolCallReader } from './tool-calls.ts';

const CALL = '{"name": "get_weather", "arguments": {"city": "Paris"}}';
const PARSED = { name: 'get_weather', arguments: '{"city":"Paris"}' };

/** read pushes a text in pieces of a size and joins what comes out. */
function read(text: string, size: number) {
  const reader = new ToolCallReader(['get_weather']);
  let content = '';
  const calls: { name: string; arguments: string }[] = [];
  const take = (output: { content: string; calls: typeof calls }) => {
    content += output.content;
    calls.push(...output.calls);
  };
  for (let at = 0; at < text.length; at += size) take(reader.push(text.slice(at, at + size)));
  take(reader.finish());
  return { content, calls };
}

describe('ToolCallReader', () => {
  const cases: Record<string, { text: string; content: string; calls: object[] }> = {
    'plain text stays text': { text: 'It is sunny < 30 degrees.', content: 'It is sunny < 30 degrees.', calls: [] },
    'a marked call is a call': { text: `<tool_call>\n${CALL}\n</tool_call>`, content: '', calls: [PARSED] },
    'text before a call stays': {
      text: `Let me look.\n<tool_call>${CALL}</tool_call>`,
      content: 'Let me look.\n',
      calls: [PARSED],
    },
    'several calls are several': {
      text: `<tool_call>${CALL}</tool_call>\n<tool_call>${CALL}</tool_call>`,
      content: '',
      calls: [PARSED, PARSED],
    },
    'a call that was cut before its end mark but is whole counts': {
      text: `<tool_call>${CALL}`,
      content: '',
      calls: [PARSED],
    },
    'an answer that is a call is one, with parameters too': {
      text: '{"name": "get_weather", "parameters": {"city": "Paris"}}',
      content: '',
      calls: [PARSED],
    },
    'a JSON answer that names no tool stays text': {
      text: '{"name": "Bob", "age": 3}',
      content: '{"name": "Bob", "age": 3}',
      calls: [],
    },
    'a call that is no JSON stays text': {
      text: '<tool_call>nonsense</tool_call>',
      content: '<tool_call>nonsense</tool_call>',
      calls: [],
    },
    'text after a call stays': { text: `<tool_call>${CALL}</tool_call>done`, content: 'done', calls: [PARSED] },
  };
  test.each(Object.entries(cases))('%s, however it is cut', (_, { text, content, calls }) => {
    for (const size of [1, 3, 7, text.length]) expect(read(text, size)).toEqual({ content, calls });
  });

  test('text that cannot become a mark is passed on at once', () => {
    expect(new ToolCallReader([]).push('Hello <b').content).toBe('Hello <b');
    expect(new ToolCallReader([]).push('Hello <tool').content).toBe('Hello ');
  });
});
