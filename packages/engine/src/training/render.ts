import { Template } from '@huggingface/jinja';
import type { LlamaModel } from '../llama/index.ts';
import type { DatasetDocument } from './dataset.ts';
import { TrainingError } from './training-error.ts';

/** tokeniseDocuments turns documents into one token stream, conversations through the model's own chat template. */
export function tokeniseDocuments(model: LlamaModel, documents: readonly DatasetDocument[]): Int32Array {
  const source = model.chatTemplate();
  const template = source === null ? null : new Template(source);
  const { vocab } = model;
  const pieces: Int32Array[] = [];
  for (const document of documents) {
    const isChat = 'messages' in document;
    const text = isChat ? renderChat(model, template, document.messages) : document.text;
    // Templates write the marks themselves; a plain document gets BOS where the model wants it, and EOS as its end.
    pieces.push(vocab.tokenize(text, { addSpecial: !isChat, parseSpecial: true }));
    const hasEnd = isChat || documents.length === 1 || vocab.eosToken === null;
    if (!hasEnd && vocab.eosToken !== null) pieces.push(Int32Array.of(vocab.eosToken));
  }
  const tokens = new Int32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    tokens.set(piece, at);
    at += piece.length;
  }
  return tokens;
}

function renderChat(
  model: LlamaModel,
  template: Template | null,
  messages: readonly { role: string; content: string }[],
): string {
  if (template === null) {
    throw new TrainingError('The base model has no chat template, so "messages" cannot be used: give "text" instead');
  }
  const { vocab } = model;
  const piece = (token: number | null) => (token === null ? '' : vocab.tokenBytes(token, true).toString('utf8'));
  try {
    return template.render({
      messages: messages.map(({ role, content }) => ({ role, content })),
      add_generation_prompt: false,
      bos_token: piece(vocab.bosToken),
      eos_token: piece(vocab.eosToken),
    });
  } catch (error) {
    throw new TrainingError(
      `The model's chat template refuses a conversation: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
