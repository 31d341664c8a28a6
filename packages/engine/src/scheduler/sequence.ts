import type { EngineError } from '../engine/errors.ts';
import type { FinishReason, Generation, GenerationRecord, GenerationRequest } from '../engine/generation.ts';
import { type BlockHash, extendChain } from '../kv-cache/block-hash.ts';
import type { SequenceId } from '../kv-cache/kv-cache.ts';
import type { TokenMask } from '../runner/port.ts';
import type { Sampler } from '../sampling/sampler.ts';
import type { TextOutput } from '../sampling/text-output.ts';
import type { DraftLength } from '../speculation/draft-length.ts';
import type { TenantId } from './tenant-shares.ts';

const NO_DRAFT = new Int32Array(0);

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
  /** draft is a guess of the tokens after the known ones, for the coming step. */
  draft: Int32Array = NO_DRAFT;
  readonly draftLength: DraftLength | null;
  /** needsRow says that the best token was once one that may not be taken, so that whole rows of logits are wanted. */
  needsRow = false;
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
    draftLength: DraftLength | null;
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
    this.draftLength = options.draftLength;
    this.length = options.request.promptTokens.length;
    this.tokens = new Int32Array(this.length + options.maxTokens);
    this.tokens.set(options.request.promptTokens);
  }

  /** knownTokens is the length of the prompt and of what was generated. */
  get knownTokens(): number {
    return this.length;
  }

  /** tenant is who the sequence is computed for. */
  get tenant(): TenantId {
    return this.request.tenant ?? '';
  }

  /** picksBest says that the next token is simply the most likely one. */
  get picksBest(): boolean {
    return this.sampler.isPlainGreedy && !this.needsRow;
  }

  get generatedTokens(): number {
    return this.length - this.request.promptTokens.length;
  }

  /** append adds a sampled token. */
  append(token: number): void {
    this.tokens[this.length] = token;
    this.length += 1;
  }

  /** known is a view of all known tokens. */
  known(): Int32Array {
    return this.tokens.subarray(0, this.length);
  }

  /** slice is the next tokens to compute: known ones, and behind them the draft. */
  slice(count: number): Int32Array {
    const known = this.tokens.subarray(this.computedTokens, Math.min(this.length, this.computedTokens + count));
    if (known.length === count) return known;
    const tokens = new Int32Array(count);
    tokens.set(known);
    tokens.set(this.draft.subarray(0, count - known.length), known.length);
    return tokens;
  }

  /** extendChain hashes the blocks that became full. */
  extendChain(blockTokens: number): void {
    // The same tokens give other values with an adapter.
    const salt = `${this.request.adapter ?? ''}|${this.request.cacheSalt ?? ''}`;
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
