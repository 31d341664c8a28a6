import koffi from 'koffi';
import { LlamaError } from './errors.ts';
import type { LlamaModel } from './model.ts';
import type { Native } from './native.ts';
import type { Pointer } from './structs.ts';

// llama_token_data is { int32 id; float logit; float p }, llama_token_data_array { data*, size, selected, bool sorted }.
const TOKEN_DATA_WORDS = 3;
const ARRAY_BYTES = 32;

/** Grammar forbids the tokens that a GBNF grammar does not allow next. */
export class Grammar {
  private readonly native: Native;
  private readonly pointer: Pointer;
  private readonly vocabSize: number;
  private readonly data: Pointer;
  private readonly array: Pointer;
  private readonly ids: Int32Array;
  private readonly logits: Float32Array;
  private readonly header: DataView;
  private isFreed = false;

  constructor(model: LlamaModel, gbnf: string, root = 'root') {
    this.native = model.native;
    const mark = this.native.log.mark();
    const pointer = this.native.grammarCreate(model.vocab.pointer, gbnf, root);
    if (pointer === null) throw new LlamaError('The grammar could not be read', this.native.log.problemsSince(mark));
    this.pointer = pointer;
    this.vocabSize = model.vocab.size;
    const words = this.vocabSize * TOKEN_DATA_WORDS;
    this.data = koffi.alloc('int32_t', words);
    this.array = koffi.alloc('uint8_t', ARRAY_BYTES);
    const buffer = koffi.view(this.data, words * 4);
    this.ids = new Int32Array(buffer);
    this.logits = new Float32Array(buffer);
    this.header = new DataView(koffi.view(this.array, ARRAY_BYTES));
  }

  /** allows says whether one token may come next; much cheaper than mask. */
  allows(token: number): boolean {
    this.ids[0] = token;
    this.logits[1] = 0;
    this.apply(1);
    return this.logits[1] !== -Infinity;
  }

  /** mask sets the logits of every token that may not come next to -Infinity, in place. */
  mask(logits: Float32Array): void {
    for (let token = 0; token < this.vocabSize; token += 1) {
      const at = token * TOKEN_DATA_WORDS;
      this.ids[at] = token;
      this.logits[at + 1] = logits[token] ?? -Infinity;
    }
    this.apply(this.vocabSize);
    for (let token = 0; token < this.vocabSize; token += 1) {
      logits[token] = this.logits[token * TOKEN_DATA_WORDS + 1] ?? -Infinity;
    }
  }

  /** accept moves the grammar past a sampled token, which it must allow. */
  accept(token: number): void {
    if (!this.allows(token)) throw new LlamaError(`The grammar does not allow token ${token} here`);
    this.native.samplerAccept(this.pointer, token);
  }

  /** reset goes back to the start of the grammar. */
  reset(): void {
    this.native.samplerReset(this.pointer);
  }

  /** free releases the native grammar; calling it twice is harmless. */
  free(): void {
    if (this.isFreed) return;
    this.isFreed = true;
    this.native.samplerFree(this.pointer);
    koffi.free(this.data);
    koffi.free(this.array);
  }

  private apply(count: number): void {
    this.header.setBigUint64(0, this.data, true);
    this.header.setBigUint64(8, BigInt(count), true);
    this.header.setBigInt64(16, -1n, true);
    this.header.setUint8(24, 0);
    this.native.samplerApply(this.pointer, this.array);
  }
}
