import { EngineError } from '../engine/errors.ts';
import type { FinishReason } from '../engine/generation.ts';
import { planBatch } from './plan-batch.ts';
import type { EmbeddingRunner } from './port.ts';

/** EmbedderOptions are the limits of an embedder. */
export interface EmbedderOptions {
  runner: EmbeddingRunner;
  /** maxWaiting requests (default 256), or maxWaitingTokens (default 1,048,576), may wait; the next one is refused as overloaded. */
  maxWaiting?: number;
  maxWaitingTokens?: number;
  observer?: EmbedderObserver;
  /** nowMs is a monotonic clock. */
  nowMs?: () => number;
}

/** EmbedderObserver is told what happens, for metrics; it must not throw. */
export interface EmbedderObserver {
  onBatch?(tokens: number): void;
  onFinished?(record: EmbeddingRecord): void;
}

/** EmbeddingRecord is the account of one request; times are milliseconds. */
export interface EmbeddingRecord {
  /** promptTokens were computed. */
  promptTokens: number;
  finishReason: FinishReason;
  queueMs: number;
  computeMs: number;
  totalMs: number;
}

/** EmbeddingOutcome is how a request ended: `vectors` is null when it failed or was cancelled. */
export interface EmbeddingOutcome {
  record: EmbeddingRecord;
  vectors: readonly Float32Array[] | null;
  error: EngineError | null;
}

/** EmbeddingJob is a request under way; `done` never rejects. */
export interface EmbeddingJob {
  readonly done: Promise<EmbeddingOutcome>;
  cancel(): void;
}

/** EmbedderState is a picture of the load. */
export interface EmbedderState {
  running: number;
  waiting: number;
  isDraining: boolean;
}

interface Request {
  id: number;
  inputs: readonly Int32Array[];
  vectors: Float32Array[];
  arrivedMs: number;
  startedMs: number | null;
  deadlineMs: number;
  end: { reason: FinishReason; error: EngineError | null } | null;
  resolve: (outcome: EmbeddingOutcome) => void;
}

// A million tokens are minutes of computing on a processor, and four megabytes of token ids.
const DEFAULTS = { maxWaiting: 256, maxWaitingTokens: 1024 * 1024 };

/** Embedder answers embedding requests from one model: inputs of all requests share batches, one batch at a time. */
export class Embedder {
  readonly runner: EmbeddingRunner;
  private readonly options: Required<Pick<EmbedderOptions, 'maxWaiting' | 'maxWaitingTokens'>>;
  private readonly observer: EmbedderObserver;
  private readonly nowMs: () => number;
  // In the order of their turns: who was served stands behind who was not.
  private requests: Request[] = [];
  private loop: Promise<void> | null = null;
  private lastId = 0;
  private isDraining = false;
  private tokensPerSecond = 1000;

  constructor(options: EmbedderOptions) {
    this.runner = options.runner;
    this.options = { ...DEFAULTS, ...options };
    this.observer = options.observer ?? {};
    this.nowMs = options.nowMs ?? (() => performance.now());
  }

  get state(): EmbedderState {
    const running = this.requests.filter((request) => request.startedMs !== null).length;
    return { running, waiting: this.requests.length - running, isDraining: this.isDraining };
  }

  /** embed starts a request; it throws an EngineError when an input can never be computed or the queue is full. */
  embed(inputs: readonly Int32Array[], options: { timeoutSeconds: number | null }): EmbeddingJob {
    this.assertAcceptable(inputs);
    this.lastId += 1;
    const arrivedMs = this.nowMs();
    const { promise, resolve } = Promise.withResolvers<EmbeddingOutcome>();
    const { timeoutSeconds } = options;
    const request: Request = {
      id: this.lastId,
      inputs,
      vectors: [],
      arrivedMs,
      startedMs: null,
      deadlineMs: timeoutSeconds === null ? Number.POSITIVE_INFINITY : arrivedMs + timeoutSeconds * 1000,
      end: null,
      resolve,
    };
    this.requests.push(request);
    this.loop ??= this.run();
    return {
      done: promise,
      cancel: () => {
        request.end ??= { reason: 'abort', error: null };
      },
    };
  }

  /** drain refuses new requests and resolves when none is left; after `graceSeconds` the rest is aborted. */
  async drain(graceSeconds: number): Promise<void> {
    this.isDraining = true;
    const timer = setTimeout(() => {
      const error = new EngineError('draining', 'The engine is stopping', { code: 'engine_stopping' });
      for (const request of this.requests) request.end ??= { reason: 'abort', error };
    }, graceSeconds * 1000);
    await this.loop;
    clearTimeout(timer);
  }

  private assertAcceptable(inputs: readonly Int32Array[]): void {
    if (this.isDraining) {
      throw new EngineError('draining', 'The engine is stopping', { code: 'engine_stopping', retryAfterSeconds: 1 });
    }
    for (const [index, { length }] of inputs.entries()) {
      if (length === 0) throw new EngineError('invalid', `input[${index}] is empty`, { code: 'empty_input' });
      if (length > this.runner.maxInputTokens) {
        const message = `input[${index}] has ${length} tokens; the model takes ${this.runner.maxInputTokens} at most`;
        throw new EngineError('invalid', message, { code: 'context_length_exceeded' });
      }
    }
    const { maxWaiting, maxWaitingTokens } = this.options;
    const { waiting } = this.state;
    const waitingTokens = this.requests.reduce((total, request) => total + sum(remaining(request)), 0);
    if (waiting < maxWaiting && waitingTokens < maxWaitingTokens) return;
    const retryAfterSeconds = Math.min(60, Math.max(1, Math.ceil(waitingTokens / this.tokensPerSecond)));
    const message = `${this.requests.length} requests with ${waitingTokens} tokens are already waiting`;
    throw new EngineError('overloaded', message, { code: 'queue_full', retryAfterSeconds });
  }

  private async run(): Promise<void> {
    // What arrives in the same turn of the event loop shares the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      // 1. What was cancelled or ran out of time ends.
      this.endMarked();
      if (this.requests.length === 0) break;
      // 2. Decide on a snapshot whose inputs are next.
      const turns = planBatch(
        this.requests.map((request) => ({ id: request.id, lengths: remaining(request) })),
        this.runner,
      );
      // 3. Compute, while the event loop serves others.
      await this.compute(this.requests.flatMap((request) => this.nextInputs(request, turns.get(request.id) ?? 0)));
      // 4. Who was served goes to the back.
      const [served, others] = [true, false].map((isServed) =>
        this.requests.filter((request) => turns.has(request.id) === isServed),
      );
      this.requests = [...(others ?? []), ...(served ?? [])];
    }
    this.loop = null;
  }

  private nextInputs(request: Request, count: number): { request: Request; tokens: Int32Array }[] {
    if (count > 0) request.startedMs ??= this.nowMs();
    const done = request.vectors.length;
    return request.inputs.slice(done, done + count).map((tokens) => ({ request, tokens }));
  }

  private async compute(items: readonly { request: Request; tokens: Int32Array }[]): Promise<void> {
    const startedMs = this.nowMs();
    try {
      const vectors = await this.runner.embed(items.map(({ tokens }) => tokens));
      for (const [index, { request }] of items.entries()) {
        const vector = vectors[index];
        if (vector === undefined)
          throw new Error(`The model gave ${vectors.length} vectors for ${items.length} inputs`);
        request.vectors.push(vector);
      }
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const error = new EngineError('failed', `The engine failed: ${reason}`, { code: 'engine_failed' });
      for (const { request } of items) request.end ??= { reason: 'error', error };
      return;
    }
    const tokens = sum(items.map((item) => item.tokens.length));
    const seconds = Math.max(this.nowMs() - startedMs, 0.001) / 1000;
    // A slow average follows the machine without jumping at every batch.
    this.tokensPerSecond += (tokens / seconds - this.tokensPerSecond) * 0.1;
    this.observer.onBatch?.(tokens);
  }

  private endMarked(): void {
    const nowMs = this.nowMs();
    for (const request of this.requests) {
      if (request.vectors.length === request.inputs.length) request.end ??= { reason: 'stop', error: null };
      if (nowMs < request.deadlineMs) continue;
      const error = new EngineError('deadline', 'The request took longer than it may', { code: 'request_timeout' });
      request.end ??= { reason: 'error', error };
    }
    const ended = this.requests.filter((request) => request.end !== null);
    this.requests = this.requests.filter((request) => request.end === null);
    for (const request of ended) this.finish(request, nowMs);
  }

  private finish(request: Request, nowMs: number): void {
    const { reason, error } = request.end ?? { reason: 'stop' as const, error: null };
    const startedMs = request.startedMs ?? nowMs;
    const record: EmbeddingRecord = {
      promptTokens: sum(request.inputs.slice(0, request.vectors.length).map(({ length }) => length)),
      finishReason: reason,
      queueMs: startedMs - request.arrivedMs,
      computeMs: nowMs - startedMs,
      totalMs: nowMs - request.arrivedMs,
    };
    this.observer.onFinished?.(record);
    request.resolve({ record, vectors: reason === 'stop' ? request.vectors : null, error });
  }
}

function remaining({ inputs, vectors }: Request): number[] {
  return inputs.slice(vectors.length).map(({ length }) => length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
