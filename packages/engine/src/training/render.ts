import { Template } from '@huggingface/jinja';
import type { LlamaModel } from '../llama/index.ts';
import type { ChatMessage, DatasetDocument } from './dataset.ts';
import { TrainingError } from './training-error.ts';

/** TokenStream is a data set as tokens, and for each token whether it is learned (1) or only read (0). */
export interface TokenStream {
  tokens: Int32Array;
  isLearned: Uint8Array;
  /** documentStarts are the positions at which conversations, texts and paragraphs begin. */
  documentStarts: number[];
}

interface Piece {
  text: string;
  isLearned: boolean;
}

/** tokeniseDocuments makes one token stream: of a text everything is learned, of a conversation the assistant's answers. */
export function tokeniseDocuments(model: LlamaModel, documents: readonly DatasetDocument[]): TokenStream {
  const { vocab } = model;
  const source = model.chatTemplate();
  const template = source === null ? null : new Template(source);
  const parts: { tokens: Int32Array; isLearned: boolean; isStart: boolean }[] = [];
  for (const document of documents) {
    if ('messages' in document) {
      for (const [index, piece] of renderChat(model, template, document.messages).entries()) {
        // Templates write the special tokens themselves.
        const tokens = vocab.tokenize(piece.text, { addSpecial: false, parseSpecial: true });
        parts.push({ tokens, isLearned: piece.isLearned, isStart: index === 0 });
      }
    } else {
      for (const [index, text] of splitParagraphs(document.text).entries()) {
        const tokens = vocab.tokenize(text, { addSpecial: index === 0, parseSpecial: true });
        parts.push({ tokens, isLearned: true, isStart: true });
      }
      const needsEnd = documents.length > 1 && vocab.eosToken !== null && !vocab.addsEos;
      if (needsEnd) parts.push({ tokens: Int32Array.of(vocab.eosToken ?? 0), isLearned: true, isStart: false });
    }
  }
  return joinParts(parts);
}

/** splitParagraphs cuts a text behind its blank lines, losing nothing. */
export function splitParagraphs(text: string): string[] {
  return text.split(/(?<=\n[^\S\n]*\n)(?=\S)/);
}

function joinParts(parts: readonly { tokens: Int32Array; isLearned: boolean; isStart: boolean }[]): TokenStream {
  const length = parts.reduce((sum, part) => sum + part.tokens.length, 0);
  const stream: TokenStream = {
    tokens: new Int32Array(length),
    isLearned: new Uint8Array(length),
    documentStarts: [],
  };
  let at = 0;
  for (const { tokens, isLearned, isStart } of parts) {
    if (isStart) stream.documentStarts.push(at);
    stream.tokens.set(tokens, at);
    stream.isLearned.fill(isLearned ? 1 : 0, at, at + tokens.length);
    at += tokens.length;
  }
  return stream;
}

function renderChat(model: LlamaModel, template: Template | null, messages: readonly ChatMessage[]): Piece[] {
  if (template === null) {
    throw new TrainingError('The base model has no chat template, so "messages" cannot be used: give "text" instead');
  }
  const { vocab } = model;
  const mark = (token: number | null) => (token === null ? '' : vocab.tokenBytes(token, true).toString('utf8'));
  const variables = { bos_token: mark(vocab.bosToken), eos_token: mark(vocab.eosToken) };
  try {
    return answerPieces(messages, (shown, addGenerationPrompt) =>
      template.render({ ...variables, messages: shown, add_generation_prompt: addGenerationPrompt }),
    );
  } catch (error) {
    throw new TrainingError(
      `The model's chat template refuses a conversation: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** answerPieces splits a rendered conversation into what is only read and the assistant's answers, which are learned. */
export function answerPieces(
  messages: readonly ChatMessage[],
  render: (messages: ChatMessage[], addGenerationPrompt: boolean) => string,
): Piece[] {
  const whole = render([...messages], false);
  const pieces: Piece[] = [];
  let at = 0;
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'assistant') continue;
    const asked = render(messages.slice(0, index), true);
    const answered = render(messages.slice(0, index + 1), false);
    // Some templates rewrite earlier turns; then no part can be told apart, and everything is learned.
    if (asked.length < at || !answered.startsWith(asked) || !whole.startsWith(answered)) {
      return [{ text: whole, isLearned: true }];
    }
    pieces.push({ text: whole.slice(at, asked.length), isLearned: false });
    pieces.push({ text: whole.slice(asked.length, answered.length), isLearned: true });
    at = answered.length;
  }
  if (pieces.length === 0) return [{ text: whole, isLearned: true }];
  pieces.push({ text: whole.slice(at), isLearned: false });
  return pieces.filter((piece) => piece.text !== '');
}
