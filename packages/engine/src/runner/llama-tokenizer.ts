import { isUtf8 } from 'node:buffer';
import { callAsync, type LlamaModel } from '../llama/index.ts';
import type { Tokenizer } from './port.ts';

// Tokenising this much takes a few milliseconds; more of it goes to another thread.
const SYNC_BYTES = 32 * 1024;

/** LlamaTokenizer is the tokenizer of a GGUF. */
export class LlamaTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly bosText: string;
  readonly eosText: string;
  private readonly model: LlamaModel;
  // Asking the native side for the same pieces at every step costs more than keeping them.
  private readonly pieces = new Map<number, Uint8Array>();
  private readonly texts = new Map<number, string | null>();

  constructor(model: LlamaModel) {
    this.model = model;
    this.vocabSize = model.vocab.size;
    this.bosText = textOf(model, model.vocab.bosToken);
    this.eosText = textOf(model, model.vocab.eosToken);
  }

  async encode(text: string, options: { addSpecial: boolean; parseSpecial: boolean }): Promise<Int32Array> {
    const { vocab, native } = this.model;
    if (text.length <= SYNC_BYTES) return vocab.tokenize(text, options);
    const bytes = Buffer.from(text, 'utf8');
    const tokens = new Int32Array(bytes.length + 2);
    const { addSpecial, parseSpecial } = options;
    const count = await callAsync(
      native.tokenize,
      vocab.pointer,
      bytes,
      bytes.length,
      tokens,
      tokens.length,
      addSpecial,
      parseSpecial,
    );
    return count < 0 ? vocab.tokenize(text, options) : tokens.slice(0, count);
  }

  tokenBytes(token: number, special = false): Uint8Array {
    if (special) return this.model.vocab.tokenBytes(token, true);
    let piece = this.pieces.get(token);
    if (piece === undefined) {
      piece = this.model.vocab.tokenBytes(token);
      this.pieces.set(token, piece);
    }
    return piece;
  }

  tokenText(token: number): string | null {
    let text = this.texts.get(token);
    if (text === undefined) {
      const bytes = Buffer.from(this.tokenBytes(token));
      text = isUtf8(bytes) ? bytes.toString('utf8') : null;
      this.texts.set(token, text);
    }
    return text;
  }

  isEndOfGeneration(token: number): boolean {
    return this.model.vocab.isEndOfGeneration(token);
  }
}

function textOf(model: LlamaModel, token: number | null): string {
  return token === null ? '' : model.vocab.tokenBytes(token, true).toString('utf8');
}
