import { describe, expect, it } from 'vitest';
import type { ChatMessage } from './dataset.ts';
import { answerPieces, splitParagraphs } from './render.ts';

const chatMl = (messages: ChatMessage[], addGenerationPrompt: boolean) =>
  messages.map(({ role, content }) => `<${role}>${content}</>`).join('') + (addGenerationPrompt ? '<assistant>' : '');

const user = { role: 'user', content: 'q' };
const assistant = { role: 'assistant', content: 'a' };

describe('answerPieces', () => {
  it('learns every answer with its end mark, and only reads the rest', () => {
    const pieces = answerPieces([user, assistant, user, assistant, user], chatMl);
    expect(pieces).toEqual([
      { text: '<user>q</><assistant>', isLearned: false },
      { text: 'a</>', isLearned: true },
      { text: '<user>q</><assistant>', isLearned: false },
      { text: 'a</>', isLearned: true },
      { text: '<user>q</>', isLearned: false },
    ]);
    expect(pieces.map(({ text }) => text).join('')).toBe(chatMl([user, assistant, user, assistant, user], false));
  });

  it.each([
    { name: 'a conversation without an answer', messages: [user], render: chatMl },
    {
      name: 'a template that rewrites earlier turns',
      messages: [user, assistant, user, assistant],
      render: (messages: ChatMessage[], prompt: boolean) => `${messages.length}${chatMl(messages, prompt)}`,
    },
  ])('learns everything of $name', ({ messages, render }) => {
    expect(answerPieces(messages, render)).toEqual([{ text: render(messages, false), isLearned: true }]);
  });
});

it.each([
  { text: 'one\ntwo', pieces: ['one\ntwo'] },
  { text: 'one\n\ntwo\n \n\nthree\n', pieces: ['one\n\n', 'two\n \n\n', 'three\n'] },
])('splitParagraphs cuts behind blank lines and loses nothing: $text', ({ text, pieces }) => {
  expect(splitParagraphs(text)).toEqual(pieces);
  expect(pieces.join('')).toBe(text);
});
