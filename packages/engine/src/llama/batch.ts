import koffi from 'koffi';
import type { BatchStruct, Pointer } from './structs.ts';

/** TokenBatch is a reusable llama_batch in native memory, filled token by token and handed to LlamaContext.decode. */
export class TokenBatch {
  readonly capacity: number;
  /** struct is what the C API gets; its arrays never move, so it is safe while a decode runs on another thread. */
  readonly struct: BatchStruct;
  private readonly tokens: Int32Array;
  private readonly positions: Int32Array;
  private readonly sequences: Int32Array;
  private readonly wantsLogits: Int8Array;
  private readonly allocations: Pointer[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
    const token = this.allocate('int32_t', capacity);
    const pos = this.allocate('int32_t', capacity);
    const sequenceCounts = this.allocate('int32_t', capacity);
    const sequenceIds = this.allocate('int32_t', capacity);
    const sequencePointers = this.allocate('uint64_t', capacity + 1);
    const logits = this.allocate('int8_t', capacity);
    this.tokens = new Int32Array(koffi.view(token, capacity * 4));
    this.positions = new Int32Array(koffi.view(pos, capacity * 4));
    this.sequences = new Int32Array(koffi.view(sequenceIds, capacity * 4));
    this.wantsLogits = new Int8Array(koffi.view(logits, capacity));
    new Int32Array(koffi.view(sequenceCounts, capacity * 4)).fill(1);
    const pointers = new BigUint64Array(koffi.view(sequencePointers, (capacity + 1) * 8));
    for (let index = 0; index < capacity; index += 1) pointers[index] = sequenceIds + BigInt(index * 4);
    pointers[capacity] = 0n;
    this.struct = {
      n_tokens: 0,
      token,
      embd: null,
      pos,
      n_seq_id: sequenceCounts,
      seq_id: sequencePointers,
      logits,
    };
  }

  get length(): number {
    return this.struct.n_tokens;
  }

  /** clear empties the batch for the next step. */
  clear(): void {
    this.struct.n_tokens = 0;
  }

  /** add appends one token and returns its index in the batch, by which its logits are read after decode. */
  add(token: number, position: number, sequence: number, wantsLogits: boolean): number {
    const index = this.struct.n_tokens;
    if (index >= this.capacity) throw new RangeError(`The batch is full (${this.capacity} tokens)`);
    this.tokens[index] = token;
    this.positions[index] = position;
    this.sequences[index] = sequence;
    this.wantsLogits[index] = wantsLogits ? 1 : 0;
    this.struct.n_tokens = index + 1;
    return index;
  }

  /** free releases the native arrays; the batch must not be used afterwards. */
  free(): void {
    for (const pointer of this.allocations.splice(0)) koffi.free(pointer);
  }

  private allocate(type: string, count: number): Pointer {
    const pointer: Pointer = koffi.alloc(type, count);
    this.allocations.push(pointer);
    return pointer;
  }
}
