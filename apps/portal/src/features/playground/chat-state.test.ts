import { describe, expect, test } from 'vitest';
import { type ChatState, EMPTY_CHAT, measureAnswer, parseSavedChat, reduceChat, requestBody } from './chat-state.ts';

const STATS = {
  ttftMs: 10,
  tokensPerSecond: 5,
  promptTokens: 3,
  completionTokens: 2,
  finishReason: 'stop',
};
const ask = (state: ChatState, content = 'Hello') =>
  reduceChat(state, {
    type: 'ask',
    id: 'q',
    content,
    answerId: 'a',
    model: 'tiny',
  });
const answered = reduceChat(reduceChat(ask(EMPTY_CHAT), { type: 'text', text: 'Hi', stats: STATS }), {
  type: 'end',
  stats: STATS,
});

describe('a conversation', () => {
  test('grows by a question and the text that comes', () => {
    expect(answered.messages.map(({ role, content }) => [role, content])).toEqual([
      ['user', 'Hello'],
      ['assistant', 'Hi'],
    ]);
    expect(answered.isStreaming).toBe(false);
  });
  test('takes no second question while an answer comes', () => {
    const streaming = ask(EMPTY_CHAT);
    expect(ask(streaming)).toBe(streaming);
  });
  test('asks nothing with an empty question', () => {
    expect(ask(EMPTY_CHAT, ' \n')).toBe(EMPTY_CHAT);
  });
  test('replaces the last answer when it is made again', () => {
    const again = reduceChat(answered, {
      type: 'regenerate',
      answerId: 'b',
      model: 'tiny',
    });
    expect(again.messages.map(({ id, content }) => [id, content])).toEqual([
      ['q', 'Hello'],
      ['b', ''],
    ]);
  });
  test('drops text that comes after it was cleared', () => {
    const cleared = reduceChat(ask(EMPTY_CHAT), { type: 'clear' });
    expect(reduceChat(cleared, { type: 'text', text: 'late', stats: STATS }).messages).toEqual([]);
  });
  test('keeps its settings when it is cleared', () => {
    const set = reduceChat(answered, {
      type: 'settings',
      settings: { temperature: 0 },
    });
    expect(reduceChat(set, { type: 'clear' }).settings.temperature).toBe(0);
  });
});

describe('the request', () => {
  test('holds the system prompt first and not the answer being filled', () => {
    const state = ask(
      reduceChat(EMPTY_CHAT, {
        type: 'settings',
        settings: { system: 'Be short.' },
      }),
    );
    expect(requestBody(state, 'tiny')).toMatchObject({
      model: 'tiny',
      stream: true,
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'Hello' },
      ],
    });
  });
});

describe('a saved conversation', () => {
  test('comes back as it was', () => {
    expect(parseSavedChat(JSON.stringify(answered))).toEqual(answered);
  });
  test.each([
    ['nothing saved', null],
    ['no JSON', '{'],
    ['another shape', '{"messages":3}'],
  ])('%s gives the empty one', (_name, text) => {
    expect(parseSavedChat(text)).toEqual(EMPTY_CHAT);
  });
  test('that broke off while streaming is over', () => {
    expect(parseSavedChat(JSON.stringify(ask(EMPTY_CHAT))).isStreaming).toBe(false);
  });
});

describe('what an answer took', () => {
  const clock = {
    sentAt: 1_000,
    firstTextAt: null,
    pieces: 0,
    promptTokens: null,
    completionTokens: null,
    finishReason: null,
  };
  test('is unknown before the first token', () => {
    expect(measureAnswer(clock, 1_500)).toMatchObject({
      ttftMs: null,
      tokensPerSecond: null,
      completionTokens: null,
    });
  });
  test('counts the rate from the first token on, without it', () => {
    const seen = { ...clock, firstTextAt: 1_200, pieces: 11 };
    expect(measureAnswer(seen, 2_200)).toMatchObject({
      ttftMs: 200,
      tokensPerSecond: 10,
      completionTokens: 11,
    });
  });
  test('takes the server count when it is known', () => {
    const seen = {
      ...clock,
      firstTextAt: 1_200,
      pieces: 5,
      completionTokens: 21,
    };
    expect(measureAnswer(seen, 2_200).tokensPerSecond).toBe(20);
  });
});
