import type { EngineError } from '../engine/errors.ts';
import type { FinishReason, Generation, GenerationRecord, GenerationRequest } from '../engine/generation.ts';
import { type BlockHash, extendChain } from '../kv-cache/block-hash.ts';
import type { SequenceId } from '../kv-cache/kv-cache.ts';
import type { TokenMask } from '../runner/port.ts';
import type { Sampler } from '../sampling/sampler.ts';
import type { TextOutput } from '../sampling/text-output.ts';

/** SequenceEnd is why a sequence is to end. */
export interface SequenceEnd {
  reason: FinishReason;
  error: EngineError | null;
}

/** Sequence is a request on its way through the scheduler: its tokens, how many of them are computed, and its clock. */
export class Sequence {
  readonly id: SequenceId;
  readonly request: GenerationRequest;
  readonly generation: Generation;
  readonly sampler: Sampler;
  readonly output: TextOutput;
  readonly mask: TokenMask | null;
  readonly maxTokens: number;
  readonly arrivedMs: number;
  /** computedTokens have their KV values in the cache. */
  computedTokens = 0;
  /** chain holds the hashes of the blocks that the known tokens fill. */
  readonly chain: BlockHash[] = [];
  cachedTokens = 0;
  preemptions = 0;
  kvBlockSeconds = 0;
  startedMs: number | null = null;
  firstTokenMs: number | null = null;
  lastTokenMs: number | null = null;
  end: SequenceEnd | null = null;
  private readonly tokens: Int32Array;
  private length: number;

  constructor(options: {
    id: SequenceId;
    request: GenerationRequest;
    generation: Generation;
    sampler: Sampler;
    output: TextOutput;
    mask: TokenMask | null;
    maxTokens: number;
    nowMs: number;
  }) {
    this.id = options.id;
    this.request = options.request;
    this.generation = options.generation;
    this.sampler = options.sampler;
    this.output = options.output;
    this.mask = options.mask;
    this.maxTokens = options.maxTokens;
    this.arrivedMs = options.nowMs;
    this.length = options.request.promptTokens.length;
    this.tokens = new Int32Array(this.length + options.maxTokens);
    this.tokens.set(options.request.promptTokens);
  }

  /** knownTokens is the length of the prompt and of what was generated. */
  get knownTokens(): number {
    return this.length;
  }

  get generatedTokens(): number {
    return this.length - this.request.promptTokens.length;
  }

  /** append adds a sampled token. */
  append(token: number): void {
    this.tokens[this.length] = token;
    this.length += 1;
  }

  /** slice is a view of the next tokens to compute. */
  slice(count: number): Int32Array {
    return this.tokens.subarray(this.computedTokens, this.computedTokens + count);
  }

  /** extendChain hashes the blocks that became full. */
  extendChain(blockTokens: number): void {
    const salt = this.request.cacheSalt ?? '';
    extendChain(this.chain, this.tokens.subarray(0, this.length), { blockTokens, salt });
  }

  /** reusableChain leaves at least the last token to compute, because its logits are needed. */
  reusableChain(blockTokens: number): readonly BlockHash[] {
    return this.chain.slice(0, Math.floor((this.length - 1) / blockTokens));
  }

  /** hasExpired says whether the request's time is over. */
  hasExpired(nowMs: number): boolean {
    const { timeoutSeconds } = this.request;
    return timeoutSeconds != null && nowMs - this.arrivedMs >= timeoutSeconds * 1000;
  }

  /** record is the account at the end. */
  record(nowMs: number, finishReason: FinishReason): GenerationRecord {
    const startedMs = this.startedMs ?? nowMs;
    const firstTokenMs = this.firstTokenMs ?? nowMs;
    return {
      promptTokens: this.request.promptTokens.length,
      cachedTokens: this.cachedTokens,
      completionTokens: this.generatedTokens,
      finishReason,
      queueMs: startedMs - this.arrivedMs,
      prefillMs: this.startedMs === null ? 0 : firstTokenMs - startedMs,
      decodeMs: this.firstTokenMs === null ? 0 : (this.lastTokenMs ?? nowMs) - firstTokenMs,
      totalMs: nowMs - this.arrivedMs,
      timeToFirstTokenMs: this.firstTokenMs === null ? null : this.firstTokenMs - this.arrivedMs,
      kvBlockSeconds: this.kvBlockSeconds,
      preemptions: this.preemptions,
    };
  }
}
