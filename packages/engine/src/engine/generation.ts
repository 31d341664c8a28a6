import type { TokenLogprobs } from '../sampling/logprobs.ts';
import type { SamplingParameters } from '../sampling/parameters.ts';
import type { EngineError } from './errors.ts';

/** GenerationRequest asks for one continuation of a prompt. */
export interface GenerationRequest {
  promptTokens: Int32Array;
  sampling: SamplingParameters;
  /** maxTokens is cut to what the context has left; null asks for all of it. */
  maxTokens: number | null;
  stop?: readonly string[];
  /** ignoreEndOfGeneration goes on until maxTokens; minTokens forbids the end before. */
  ignoreEndOfGeneration?: boolean;
  minTokens?: number;
  /** grammar is GBNF that the answer must follow. */
  grammar?: string | null;
  /** cacheSalt keeps the prefix cache of tenants apart. */
  cacheSalt?: string;
  /** adapter names a LoRA adapter of the runner. */
  adapter?: string | null;
  /** tenant is who the request is computed for: tenants get equal shares, or shares by weight, when they compete. */
  tenant?: string;
  /** priority: lower numbers go first. */
  priority?: number;
  /** timeoutSeconds ends the request, wherever it is. */
  timeoutSeconds?: number | null;
}

/** FinishReason: `stop` the model or a stop string ended it, `length` maxTokens did, `abort` the caller did. */
export type FinishReason = 'stop' | 'length' | 'abort' | 'error';

/** GenerationChunk is what one step added. Text may lag behind tokens: it never ends inside a character or a possible stop string. */
export interface GenerationChunk {
  text: string;
  tokens: readonly number[];
  logprobs: readonly TokenLogprobs[];
  finishReason: FinishReason | null;
}

/** GenerationRecord is the account of one generation. */
export interface GenerationRecord {
  promptTokens: number;
  /** cachedTokens of the prompt were found in the KV cache, on the device or below it. */
  cachedTokens: number;
  completionTokens: number;
  finishReason: FinishReason;
  queueMs: number;
  prefillMs: number;
  decodeMs: number;
  totalMs: number;
  /** timeToFirstTokenMs is null when there was none. */
  timeToFirstTokenMs: number | null;
  /** kvBlockSeconds is the sum over time of the KV blocks held. */
  kvBlockSeconds: number;
  preemptions: number;
}

/** Generation is a running request: its chunks as they come, and its account when it ended. */
export class Generation implements AsyncIterable<GenerationChunk> {
  /** finished resolves when the generation ended in whatever way; it never rejects. */
  readonly finished: Promise<GenerationRecord>;
  /** wantsLogprobs says whether the request asked for log probabilities. */
  readonly wantsLogprobs: boolean;
  private readonly queue: GenerationChunk[] = [];
  /** read chunks of the queue were handed out. */
  private read = 0;
  private readonly onCancel: () => void;
  private resolveFinished: (record: GenerationRecord) => void = () => undefined;
  private wake: (() => void) | null = null;
  private error: EngineError | null = null;
  private isEnded = false;
  private produced = 0;

  constructor(onCancel: () => void, options: { wantsLogprobs: boolean }) {
    this.onCancel = onCancel;
    this.wantsLogprobs = options.wantsLogprobs;
    this.finished = new Promise((resolve) => {
      this.resolveFinished = resolve;
    });
  }

  /** cancel ends the generation; everything it holds is freed before the next step. Cancelling twice is harmless. */
  cancel(): void {
    if (!this.isEnded) this.onCancel();
  }

  /** producedTokens is how many tokens there are so far. */
  get producedTokens(): number {
    return this.produced;
  }

  /** push is called by the engine. */
  push(chunk: GenerationChunk): void {
    this.produced += chunk.tokens.length;
    this.queue.push(chunk);
    this.notify();
  }

  /** end is called by the engine, once. */
  end(record: GenerationRecord, error: EngineError | null): void {
    this.isEnded = true;
    this.error = error;
    this.resolveFinished(record);
    this.notify();
  }

  /**
   * The iterator yields the chunks in order and throws the EngineError of a generation that failed. Written out, because a
   * generator function would take three turns of the event loop's queue for each token instead of one.
   */
  [Symbol.asyncIterator](): AsyncIterator<GenerationChunk> {
    return {
      next: () => {
        const chunk = this.queue[this.read];
        if (chunk !== undefined) return Promise.resolve(this.taken(chunk));
        return this.isEnded ? this.result() : this.awaitNext();
      },
      return: () => Promise.resolve({ value: undefined, done: true }),
    };
  }

  private async awaitNext(): Promise<IteratorResult<GenerationChunk>> {
    while (this.queue.length === 0 && !this.isEnded) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const chunk = this.queue[this.read];
    return chunk === undefined ? this.result() : this.taken(chunk);
  }

  private taken(chunk: GenerationChunk): IteratorResult<GenerationChunk> {
    this.read += 1;
    if (this.read === this.queue.length) {
      this.queue.length = 0;
      this.read = 0;
    }
    return { value: chunk, done: false };
  }

  private result(): Promise<IteratorResult<GenerationChunk>> {
    return this.error === null ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(this.error);
  }

  private notify(): void {
    this.wake?.();
    this.wake = null;
  }
}
