import koffi from 'koffi';
import { argMax } from '../sampling/arg-max.ts';
import type { TokenBatch } from './batch.ts';
import { LlamaError } from './errors.ts';
import { kernelsForContexts, largestOf } from './kernels.ts';
import type { LlamaModel, LoraAdapter } from './model.ts';
import { callAsync, type Native } from './native.ts';
import type { Pointer } from './structs.ts';

/** KV_TYPES are the ggml types a KV cache can be stored in. */
export const KV_TYPES = { f32: 0, f16: 1, bf16: 30, q8_0: 8, q4_0: 2 } as const;

/** POOLINGS are the ways in which the vectors of a sequence's tokens become one. */
export const POOLINGS = { mean: 1, cls: 2, last: 3 } as const;

/** LlamaContextOptions sizes a context; token counts are totals over all sequences when `unifiedKv` is on. */
export interface LlamaContextOptions {
  contextTokens: number;
  /** batchTokens is the most tokens one decode accepts, microBatchTokens the most computed at once. */
  batchTokens: number;
  microBatchTokens?: number;
  maxSequences?: number;
  /** unifiedKv keeps one KV buffer that all sequences share (default true). */
  unifiedKv?: boolean;
  /** threads must leave room for other processes: ggml's barrier spins. */
  threads: number;
  batchThreads?: number;
  /** flashAttention `auto` (the default, `on` with our kernels) is llama.cpp's choice, which takes kernels beside its own for a reason against. */
  flashAttention?: 'auto' | 'on' | 'off';
  kvTypeKey?: keyof typeof KV_TYPES;
  kvTypeValue?: keyof typeof KV_TYPES;
  embeddings?: boolean;
  /** pooling makes one embedding per sequence (default: as the model says). */
  pooling?: keyof typeof POOLINGS;
  /** maxOutputs limits how many rows of logits one decode may ask for (default: batchTokens). */
  maxOutputs?: number;
}

/** DecodeOutcome says what a decode did: `noSlot` means the KV cache has no room and nothing was changed. */
export type DecodeOutcome = 'ok' | 'noSlot' | 'aborted';

/** LlamaContext is a KV cache plus compute buffers; one decode at a time. */
export class LlamaContext {
  readonly pointer: Pointer;
  readonly contextTokens: number;
  readonly batchTokens: number;
  readonly maxSequences: number;
  /** maxOutputs is how many rows one decode may ask for; more would end the process. */
  readonly maxOutputs: number;
  private readonly native: Native;
  private readonly memory: Pointer | null;
  private readonly vocabSize: number;
  private readonly embeddingSize: number;
  private readonly views = new Map<Pointer, Float32Array>();
  private readonly samplers: Pointer[] = [];
  private readonly isOnGpu: boolean;
  private readonly usesKernels: boolean;
  private isFreed = false;

  private constructor(model: LlamaModel, pointer: Pointer, maxOutputs: number) {
    this.isOnGpu = model.isOnGpu;
    this.usesKernels = model.usesKernels;
    this.native = model.native;
    this.pointer = pointer;
    this.memory = this.native.contextMemory(pointer);
    this.vocabSize = model.vocab.size;
    this.embeddingSize = model.info.embeddingSize;
    this.contextTokens = this.native.contextSize(pointer);
    this.batchTokens = this.native.contextBatchSize(pointer);
    this.maxSequences = this.native.contextMaxSequences(pointer);
    this.maxOutputs = maxOutputs;
  }

  /** create throws a LlamaError with llama.cpp's reason (usually: not enough memory). */
  static create(model: LlamaModel, options: LlamaContextOptions): LlamaContext {
    const native = model.native;
    const mark = native.log.mark();
    const batchTokens = Math.min(options.batchTokens, options.contextTokens);
    kernelsForContexts(model.usesKernels);
    const pointer = native.contextCreate(model.pointer, {
      ...native.contextDefaultParams(),
      n_ctx: options.contextTokens,
      n_batch: batchTokens,
      n_ubatch: Math.min(options.microBatchTokens ?? batchTokens, batchTokens),
      n_seq_max: options.maxSequences ?? 1,
      n_outputs_max: options.maxOutputs ?? 0,
      n_outputs_max_per_seq: 0,
      ...(options.pooling === undefined ? {} : { pooling_type: POOLINGS[options.pooling] }),
      n_threads: options.threads,
      n_threads_batch: options.batchThreads ?? options.threads,
      flash_attn_type: { auto: -1, off: 0, on: 1 }[options.flashAttention ?? (model.usesKernels ? 'on' : 'auto')],
      type_k: KV_TYPES[options.kvTypeKey ?? 'f16'],
      type_v: KV_TYPES[options.kvTypeValue ?? 'f16'],
      embeddings: options.embeddings ?? false,
      kv_unified: options.unifiedKv ?? true,
    });
    if (pointer === null) throw new LlamaError('Could not create the context', native.log.problemsSince(mark));
    return new LlamaContext(model, pointer, options.maxOutputs ?? batchTokens);
  }

  /** decode computes a batch on a worker thread, so that the event loop stays free; a model without memory encodes it. */
  async decode(batch: TokenBatch): Promise<DecodeOutcome> {
    const mark = this.native.log.mark();
    const code = await callAsync(this.native.decode, this.pointer, batch.struct);
    // A GPU is only told what to do by then: reading a result would wait for it on the event loop.
    if (this.isOnGpu) await callAsync(this.native.synchronize, this.pointer);
    return this.outcome(code, mark);
  }

  /** decodeSync computes a batch on this thread; for tools and tests. */
  decodeSync(batch: TokenBatch): DecodeOutcome {
    const mark = this.native.log.mark();
    return this.outcome(this.native.decode(this.pointer, batch.struct), mark);
  }

  private outcome(code: number, mark: number): DecodeOutcome {
    if (code === 0) return 'ok';
    if (code === 1) return 'noSlot';
    if (code === 2) return 'aborted';
    throw new LlamaError(`Decoding failed (code ${code})`, this.native.log.problemsSince(mark));
  }

  /** logits returns the row of a batch index (vocabSize floats) as a view that the next decode overwrites: copy to keep. */
  logits(batchIndex: number): Float32Array {
    return this.view(this.logitsPointer(batchIndex), this.vocabSize);
  }

  private logitsPointer(batchIndex: number): Pointer {
    const pointer = this.native.logitsRow(this.pointer, batchIndex);
    if (pointer === null) throw new LlamaError(`No logits were asked for at batch index ${batchIndex}`);
    return pointer;
  }

  /** embedding returns the embedding row of a batch index (embeddingSize floats), as a view like logits. */
  embedding(batchIndex: number): Float32Array {
    const pointer = this.native.embeddingsRow(this.pointer, batchIndex);
    if (pointer === null) throw new LlamaError(`No embedding was asked for at batch index ${batchIndex}`);
    return this.view(pointer, this.embeddingSize);
  }

  /** sequenceEmbedding returns the pooled embedding of a sequence, or null when the model does not pool. */
  sequenceEmbedding(sequence: number): Float32Array | null {
    const pointer = this.native.embeddingsOfSequence(this.pointer, sequence);
    return pointer === null ? null : this.view(pointer, this.embeddingSize);
  }

  // llama.cpp reuses one output buffer, so the same few addresses come back: making a view costs more than finding it.
  private view(pointer: Pointer, floats: number): Float32Array {
    const cached = this.views.get(pointer);
    if (cached !== undefined && cached.length === floats) return cached;
    if (this.views.size > 4096) this.views.clear();
    const view = new Float32Array(koffi.view(pointer, floats * 4));
    this.views.set(pointer, view);
    return view;
  }

  /**
   * pickBest makes later decodes choose the most likely token of every row where they compute it, instead of handing rows
   * of logits over. Each change makes llama.cpp plan its graphs anew, which takes some milliseconds.
   */
  pickBest(isOn: boolean): void {
    const { native, pointer } = this;
    if (isOn === this.samplers.length > 0) return;
    for (let sequence = 0; isOn && sequence < this.maxSequences; sequence += 1) {
      const chain = native.samplerChainCreate({ no_perf: true });
      native.samplerChainAdd(chain, native.samplerGreedyCreate());
      native.samplerSet(pointer, sequence, chain);
      this.samplers.push(chain);
    }
    if (isOn) return;
    // A chain that was in use once cannot be set again: the process would end.
    for (const [sequence, chain] of this.samplers.splice(0).entries()) {
      native.samplerSet(pointer, sequence, null);
      native.samplerFree(chain);
    }
  }

  /** bestToken is the most likely token at a batch index, found where the logits are as far as that can be. */
  bestToken(batchIndex: number): number {
    if (this.samplers.length === 0) {
      return this.usesKernels
        ? largestOf(this.logitsPointer(batchIndex), this.vocabSize)
        : argMax(this.logits(batchIndex));
    }
    const token = this.native.sampledToken(this.pointer, batchIndex);
    if (token < 0) throw new LlamaError(`No token was chosen at batch index ${batchIndex}`);
    return token;
  }

  /** setThreads changes how many threads later decodes use. */
  setThreads(threads: number, batchThreads = threads): void {
    this.native.setThreads(this.pointer, threads, batchThreads);
  }

  /** setLoras replaces the active adapters, each with its scale; an empty list turns them off. */
  setLoras(loras: readonly { adapter: LoraAdapter; scale: number }[]): void {
    const pointers = BigUint64Array.from(loras, (lora) => lora.adapter.pointer);
    const scales = Float32Array.from(loras, (lora) => lora.scale);
    const mark = this.native.log.mark();
    if (this.native.loraSet(this.pointer, pointers, loras.length, scales) !== 0) {
      throw new LlamaError('Could not set the adapters', this.native.log.problemsSince(mark));
    }
  }

  /** clear forgets every sequence. */
  clear(): void {
    if (this.memory !== null) this.native.memoryClear(this.memory, true);
  }

  /** removeTokens forgets positions [from, to) of a sequence (to -1: until the end); false when only the whole can go. */
  removeTokens(sequence: number, from = -1, to = -1): boolean {
    return this.memory === null ? true : this.native.sequenceRemove(this.memory, sequence, from, to);
  }

  /** copyTokens makes positions [from, to) of one sequence also belong to another, sharing the memory when KV is unified. */
  copyTokens(source: number, target: number, range: { from: number; to: number } = { from: -1, to: -1 }): void {
    if (this.memory !== null) this.native.sequenceCopy(this.memory, source, target, range.from, range.to);
  }

  /** keepOnly forgets every sequence but one. */
  keepOnly(sequence: number): void {
    if (this.memory !== null) this.native.sequenceKeep(this.memory, sequence);
  }

  /** lastPosition returns the largest position held for a sequence, or null when it is empty. */
  lastPosition(sequence: number): number | null {
    const position = this.memory === null ? -1 : this.native.sequencePositionMax(this.memory, sequence);
    return position < 0 ? null : position;
  }

  /** firstPosition returns the smallest position held for a sequence, or null when it is empty. */
  firstPosition(sequence: number): number | null {
    const position = this.memory === null ? -1 : this.native.sequencePositionMin(this.memory, sequence);
    return position < 0 ? null : position;
  }

  /** stateBytes is how many bytes saveSequence needs. */
  stateBytes(sequence: number): number {
    return Number(this.native.stateSize(this.pointer, sequence));
  }

  /** saveSequence copies a sequence's KV state into a buffer of at least stateBytes, and returns the part that it fills. */
  saveSequence(sequence: number, state = new Uint8Array(this.stateBytes(sequence))): Uint8Array {
    const written = Number(this.native.stateGet(this.pointer, state, state.length, sequence));
    if (written === 0) throw new LlamaError(`Could not save the state of sequence ${sequence}`);
    return state.subarray(0, written);
  }

  /** restoreSequence puts a saved KV state back, under any sequence id. */
  restoreSequence(sequence: number, state: Uint8Array): void {
    const mark = this.native.log.mark();
    if (Number(this.native.stateSet(this.pointer, state, state.length, sequence)) === 0) {
      throw new LlamaError(`Could not restore the state of sequence ${sequence}`, this.native.log.problemsSince(mark));
    }
  }

  /** free releases the context; calling it twice is harmless. */
  free(): void {
    if (this.isFreed) return;
    this.isFreed = true;
    this.views.clear();
    this.native.contextFree(this.pointer);
    for (const sampler of this.samplers.splice(0)) this.native.samplerFree(sampler);
  }

  [Symbol.dispose](): void {
    this.free();
  }
}
