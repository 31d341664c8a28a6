import type { Native } from './native.ts';
import type { Pointer } from './structs.ts';

/** Vocab turns text into token ids and token ids into bytes, by the model's own tokenizer. */
export class Vocab {
  readonly pointer: Pointer;
  readonly size: number;
  /** bosToken is null where the model has none; so are eosToken and eotToken. */
  readonly bosToken: number | null;
  readonly eosToken: number | null;
  readonly eotToken: number | null;
  readonly addsBos: boolean;
  readonly addsEos: boolean;
  private readonly native: Native;
  private scratch = Buffer.alloc(256);

  constructor(native: Native, model: Pointer) {
    this.native = native;
    this.pointer = native.modelVocab(model);
    this.size = native.vocabSize(this.pointer);
    this.bosToken = tokenOrNull(native.vocabBos(this.pointer));
    this.eosToken = tokenOrNull(native.vocabEos(this.pointer));
    this.eotToken = tokenOrNull(native.vocabEot(this.pointer));
    this.addsBos = native.vocabAddBos(this.pointer);
    this.addsEos = native.vocabAddEos(this.pointer);
  }

  /** tokenize returns token ids; `addSpecial` adds BOS/EOS as the model wants, `parseSpecial` reads <|...|> marks as tokens. */
  tokenize(text: string, options: { addSpecial: boolean; parseSpecial: boolean }): Int32Array {
    const bytes = Buffer.from(text, 'utf8');
    // A token is at least one byte, and BOS plus EOS add two, so this is nearly always enough at the first try.
    let tokens = new Int32Array(bytes.length + 2);
    let count = this.tokenizeInto(bytes, tokens, options);
    if (count < 0) {
      tokens = new Int32Array(-count);
      count = this.tokenizeInto(bytes, tokens, options);
    }
    return tokens.subarray(0, count);
  }

  private tokenizeInto(
    bytes: Buffer,
    tokens: Int32Array,
    options: { addSpecial: boolean; parseSpecial: boolean },
  ): number {
    return this.native.tokenize(
      this.pointer,
      bytes,
      bytes.length,
      tokens,
      tokens.length,
      options.addSpecial,
      options.parseSpecial,
    );
  }

  /** tokenBytes returns a token's bytes (a token may hold part of a UTF-8 character); control tokens are empty unless `special`. */
  tokenBytes(token: number, special = false): Buffer {
    let length = this.native.tokenToPiece(this.pointer, token, this.scratch, this.scratch.length, 0, special);
    if (length < 0) {
      this.scratch = Buffer.alloc(-length);
      length = this.native.tokenToPiece(this.pointer, token, this.scratch, this.scratch.length, 0, special);
    }
    return Buffer.from(this.scratch.subarray(0, Math.max(0, length)));
  }

  /** detokenize joins the bytes of tokens into text; a broken character becomes U+FFFD. */
  detokenize(tokens: Iterable<number>, special = false): string {
    return Buffer.concat([...tokens].map((token) => this.tokenBytes(token, special))).toString('utf8');
  }

  /** isEndOfGeneration says whether the model ends its answer with this token. */
  isEndOfGeneration(token: number): boolean {
    return this.native.vocabIsEndOfGeneration(this.pointer, token);
  }

  /** isControl says whether a token is a mark rather than text. */
  isControl(token: number): boolean {
    return this.native.vocabIsControl(this.pointer, token);
  }
}

function tokenOrNull(token: number): number | null {
  return token < 0 ? null : token;
}
