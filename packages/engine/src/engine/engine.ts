import type { BlockCounts } from '../kv-cache/block-pool.ts';
import type { TieredCache } from '../kv-cache/tiers/tiered-cache.ts';
import type { ModelRunner, StepItem, StepLogits } from '../runner/port.ts';
import { Sampler } from '../sampling/sampler.ts';
import { TextOutput } from '../sampling/text-output.ts';
import { planStep, type StepLimits, type StepPlan } from '../scheduler/plan-step.ts';
import { Sequence } from '../scheduler/sequence.ts';
import { SERVICE_UNITS, type TenantId, TenantShares } from '../scheduler/tenant-shares.ts';
import { WaitingQueue } from '../scheduler/waiting-queue.ts';
import { DraftLength } from '../speculation/draft-length.ts';
import type { Drafter } from '../speculation/drafter.ts';
import { assertAcceptable } from './assert-acceptable.ts';
import { DraftRound } from './draft-round.ts';
import { EngineError } from './errors.ts';
import { type FinishReason, Generation, type GenerationRequest } from './generation.ts';
import type { EngineObserver } from './observer.ts';
import { SequenceBlocks } from './sequence-blocks.ts';
import { TokenWriter } from './token-writer.ts';

/** EngineOptions are the limits of an engine. */
export interface EngineOptions {
  runner: ModelRunner;
  /** contextTokens is the longest sequence, prompt and answer together. */
  contextTokens: number;
  /** maxSequences are computed at once (default: what the runner can). */
  maxSequences?: number;
  /** stepTokens and mixedPrefillTokens default to what the runner thinks best. */
  stepTokens?: number;
  mixedPrefillTokens?: number;
  /** maxWaiting requests may wait; the next one is refused as overloaded. */
  maxWaiting?: number;
  observer?: EngineObserver;
  /** drafter guesses next tokens, which steps then check together (default: none). */
  drafter?: Drafter | null;
  /** draftRows is the most rows that a step computes when it checks guesses (default 16). */
  draftRows?: number;
  /** tenantWeights say how much more than others a tenant gets when they compete (default 1 each). */
  tenantWeights?: ReadonlyMap<TenantId, number>;
  /** cacheBelow keeps KV blocks that the device gives up. */
  cacheBelow?: TieredCache | null;
  /** nowMs is a monotonic clock. */
  nowMs?: () => number;
}

/** EngineState is a picture of the load. */
export interface EngineState {
  running: number;
  waiting: number;
  blocks: BlockCounts;
  isDraining: boolean;
}

// Checking more than 16 rows at once costs a processor nearly as much as computing them one after the other.
const DEFAULTS = { maxWaiting: 256, draftRows: 16 };

/** Engine serves generations from one model: continuous batching over one KV cache, one step at a time. */
export class Engine {
  readonly runner: ModelRunner;
  readonly contextTokens: number;
  readonly limits: StepLimits;
  private readonly blocks: SequenceBlocks;
  private readonly observer: EngineObserver;
  private readonly nowMs: () => number;
  private readonly maxWaiting: number;
  private readonly shares: TenantShares;
  private readonly waiting: WaitingQueue;
  private readonly writer: TokenWriter;
  private readonly drafter: Drafter | null;
  private readonly drafts: DraftRound | null;
  private running: Sequence[] = [];
  private loop: Promise<void> | null = null;
  private lastId = 0;
  private isDraining = false;
  private meanRequestSeconds = 1;

  constructor(options: EngineOptions) {
    this.runner = options.runner;
    this.contextTokens = options.contextTokens;
    this.maxWaiting = options.maxWaiting ?? DEFAULTS.maxWaiting;
    this.observer = options.observer ?? {};
    this.nowMs = options.nowMs ?? (() => performance.now());
    this.limits = {
      stepTokens: options.stepTokens ?? options.runner.stepTokens,
      mixedPrefillTokens: options.mixedPrefillTokens ?? options.runner.mixedPrefillTokens,
      maxSequences: Math.min(options.maxSequences ?? options.runner.maxSequences, options.runner.maxSequences),
      blockTokens: options.runner.blockTokens,
    };
    const { runner, cacheBelow = null } = options;
    this.blocks = new SequenceBlocks({ runner, cacheBelow, nowMs: this.nowMs });
    this.shares = new TenantShares(options.tenantWeights);
    this.waiting = new WaitingQueue(this.shares);
    const { tokenizer } = options.runner;
    this.writer = new TokenWriter({ tokenizer, observer: this.observer, nowMs: this.nowMs });
    // A wrong guess is taken back, which a state that cannot be cut does not allow.
    this.drafter = options.runner.canSharePrefixes ? (options.drafter ?? null) : null;
    // Whoever ends its prompt in the same step wants a row too.
    const spareRows = options.runner.maxLogitRows - options.runner.maxSequences;
    const draftRows = Math.min(options.draftRows ?? DEFAULTS.draftRows, spareRows);
    this.drafts = this.drafter === null ? null : new DraftRound(this.drafter, draftRows);
    if (options.runner.totalBlocks * options.runner.blockTokens < options.contextTokens) {
      const tokens = options.runner.totalBlocks * options.runner.blockTokens;
      throw new EngineError(
        'invalid',
        `The KV cache holds ${tokens} tokens, a context of ${options.contextTokens} needs more`,
        {
          code: 'kv_cache_too_small',
        },
      );
    }
  }

  get state(): EngineState {
    return {
      running: this.running.length,
      waiting: this.waiting.length,
      blocks: this.blocks.counts,
      isDraining: this.isDraining,
    };
  }

  /** generate starts a generation; it throws an EngineError when the request can never run or the queue is full. */
  generate(request: GenerationRequest): Generation {
    assertAcceptable(request, {
      contextTokens: this.contextTokens,
      isDraining: this.isDraining,
      waiting: this.waiting.length,
      maxWaiting: this.maxWaiting,
      maxSequences: this.limits.maxSequences,
      adapters: this.runner.model.adapters,
      meanRequestSeconds: this.meanRequestSeconds,
    });
    const room = this.contextTokens - request.promptTokens.length;
    this.lastId += 1;
    const id = this.lastId;
    const generation = new Generation(() => this.requestEnd(id, { reason: 'abort', error: null }), {
      wantsLogprobs: request.sampling.topLogprobs !== null,
    });
    const mask = request.grammar ? this.runner.createMask(request.grammar) : null;
    const sequence = new Sequence({
      id,
      request,
      generation,
      mask,
      sampler: new Sampler(request.sampling, { promptTokens: request.promptTokens, mask }),
      output: new TextOutput(request.stop ?? []),
      maxTokens: Math.min(request.maxTokens ?? room, room),
      draftLength: this.drafter === null ? null : new DraftLength(this.drafter.draftTokens),
      nowMs: this.nowMs(),
    });
    this.blocks.announce(sequence);
    this.shares.arrive(sequence.tenant);
    this.waiting.add(sequence);
    this.observer.onArrival?.(request.promptTokens.length);
    this.loop ??= this.run();
    return generation;
  }

  /** drain refuses new requests and resolves when none is left; after `graceSeconds` the rest is aborted. */
  async drain(graceSeconds: number): Promise<void> {
    this.isDraining = true;
    const loop = this.loop;
    if (loop === null) return;
    const timer = setTimeout(() => {
      const error = new EngineError('draining', 'The engine is stopping', { code: 'engine_stopping' });
      for (const sequence of [...this.running, ...this.waiting]) sequence.end ??= { reason: 'abort', error };
    }, graceSeconds * 1000);
    await loop;
    clearTimeout(timer);
  }

  /** persist saves cached prefixes to disk for the next process, for at most `seconds`; after draining. */
  async persist(seconds: number): Promise<void> {
    await this.blocks.tiers.persist(this.nowMs() + seconds * 1000);
  }

  private async run(): Promise<void> {
    // What arrives in the same turn of the event loop starts in the same step.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.running.length + this.waiting.length > 0) {
      try {
        await this.step();
      } catch (error) {
        this.failAll(error);
      }
    }
    this.loop = null;
  }

  private async step(): Promise<void> {
    // 1. What was cancelled or ran out of time ends, and gives its blocks back.
    this.endMarked();
    if (this.running.length + this.waiting.length === 0) return;
    this.blocks.tiers.trim();
    // 2. Guess next tokens.
    const startedMs = this.nowMs();
    await this.drafts?.draft(this.running);
    // 3. Decide on a snapshot.
    const plan = planStep(this.snapshot(), this.limits);
    // 4. Preempt, grow and admit as decided.
    const { sequences, items } = this.apply(plan);
    if (items.length === 0 && this.blocks.tiers.nextFetched !== null) return this.blocks.tiers.nextFetched;
    if (items.length === 0) throw new Error('No sequence could go on, although some are waiting');
    // 5. Compute, while the event loop serves others.
    const logits = await this.runner.step(items);
    const durationMs = this.nowMs() - startedMs;
    this.blocks.tiers.allowSaving();
    // 6. Publish what was computed and sample the next tokens.
    this.advance(sequences, items, logits);
    this.account(items, durationMs);
    // 7. What is complete ends.
    this.endMarked();
  }

  private snapshot() {
    return {
      running: this.running.map((sequence) => ({
        id: sequence.id,
        knownTokens: sequence.knownTokens,
        computedTokens: sequence.computedTokens,
        heldBlocks: this.blocks.tableOf(sequence).length,
        draftTokens: sequence.draft.length,
      })),
      waiting: this.blocks.waitingViews(this.waiting),
      availableBlocks: this.blocks.available,
      exclusiveBlocks: (id: number) => this.blocks.exclusive(id),
    };
  }

  private apply(plan: StepPlan): { sequences: Sequence[]; items: StepItem[] } {
    for (const id of plan.preempt) this.preempt(id);
    const sequences: Sequence[] = [];
    const items: StepItem[] = [];
    const compute = (sequence: Sequence, tokens: number) => {
      if (!this.blocks.grow(sequence, tokens)) return;
      sequences.push(sequence);
      items.push({
        sequence: sequence.id,
        tokens: sequence.slice(tokens),
        startPosition: sequence.computedTokens,
        blocks: this.blocks.tableOf(sequence),
        logitRows: Math.max(0, sequence.computedTokens + tokens - sequence.knownTokens + 1),
        picksBest: this.runner.canPickBest && sequence.picksBest,
        adapter: sequence.request.adapter ?? null,
      });
    };
    // Both are in the same order.
    let place = 0;
    for (const sequence of this.running) {
      const share = plan.compute[place];
      if (share?.id !== sequence.id) continue;
      place += 1;
      compute(sequence, share.tokens);
    }
    for (const { id, tokens } of plan.admit) {
      const sequence = this.waiting.find(id);
      if (sequence === undefined) continue;
      this.admit(sequence);
      // An earlier admission of this step may have evicted part of the prefix; then the rest is left to later steps.
      compute(sequence, Math.min(tokens, sequence.knownTokens - sequence.computedTokens));
    }
    this.blocks.tiers.dropEvicted();
    return { sequences, items };
  }

  private admit(sequence: Sequence): void {
    this.waiting.remove(sequence);
    const { restoredTokens } = this.blocks.open(sequence);
    if (sequence.startedMs === null) {
      sequence.startedMs = this.nowMs();
      sequence.cachedTokens = sequence.computedTokens;
      this.observer.onPrefixLookup?.(sequence.knownTokens, sequence.cachedTokens - restoredTokens, restoredTokens);
    }
    this.running.push(sequence);
    this.running.sort((left, right) => left.id - right.id);
  }

  private preempt(id: number): void {
    const sequence = this.running.find((candidate) => candidate.id === id);
    if (sequence === undefined) return;
    this.leave(sequence);
    sequence.computedTokens = 0;
    sequence.preemptions += 1;
    this.observer.onPreemption?.();
    this.waiting.add(sequence);
  }

  private leave(sequence: Sequence): void {
    this.running = this.running.filter((candidate) => candidate !== sequence);
    this.blocks.close(sequence);
  }

  private advance(sequences: readonly Sequence[], items: readonly StepItem[], logits: StepLogits): void {
    for (const [index, sequence] of sequences.entries()) {
      const item = items[index];
      if (item === undefined) continue;
      const drafted = Math.max(0, item.logitRows - 1);
      sequence.computedTokens += item.tokens.length - drafted;
      const generatedBefore = sequence.generatedTokens;
      if (item.logitRows > 0 && sequence.end === null) {
        try {
          const accepted = this.writer.write(sequence, drafted, (place) =>
            item.picksBest ? logits.best(index, place) : logits.row(index, place),
          );
          if (accepted === null) this.computeAgain(sequence);
          else this.takeBackDraft(sequence, drafted, accepted);
        } catch (cause) {
          // Choosing a token concerns one request (a grammar without a way on): the others go on.
          sequence.end = { reason: 'error', error: failure(cause) };
        }
      }
      this.blocks.publish(sequence);
      const generated = sequence.generatedTokens - generatedBefore;
      // What is computed again after a preemption was not the tenant's wish.
      const promptTokens = generatedBefore === 0 ? item.tokens.length : 0;
      const units = promptTokens * SERVICE_UNITS.promptToken + generated * SERVICE_UNITS.generatedToken;
      this.shares.charge(sequence.tenant, units);
    }
  }

  /** computeAgain asks for the last token's logits again, all of them. */
  private computeAgain(sequence: Sequence): void {
    sequence.computedTokens = sequence.knownTokens - 1;
    this.blocks.cutBack(sequence);
  }

  private takeBackDraft(sequence: Sequence, drafted: number, accepted: number): void {
    if (drafted === 0) return;
    sequence.computedTokens += accepted;
    sequence.draftLength?.observe(drafted, accepted);
    this.observer.onDraft?.(drafted, accepted);
    if (accepted < drafted) this.blocks.cutBack(sequence);
  }

  private account(items: readonly StepItem[], durationMs: number): void {
    for (const sequence of this.running) {
      sequence.kvBlockSeconds += (this.blocks.tableOf(sequence).length * durationMs) / 1000;
    }
    const tokens = items.reduce((sum, item) => sum + item.tokens.length, 0);
    this.observer.onStep?.({ tokens, sequences: items.length, durationMs });
  }

  private endMarked(): void {
    const nowMs = this.nowMs();
    for (const sequence of [...this.running, ...this.waiting]) {
      if (sequence.end === null && sequence.hasExpired(nowMs)) {
        const message = `The request took longer than ${sequence.request.timeoutSeconds} seconds`;
        const error = new EngineError('deadline', message, { code: 'request_timeout' });
        sequence.end = { reason: 'error', error };
      }
      if (sequence.end !== null) this.finish(sequence, sequence.end.reason, sequence.end.error);
    }
  }

  private finish(sequence: Sequence, reason: FinishReason, error: EngineError | null): void {
    if (this.running.includes(sequence)) this.leave(sequence);
    else this.waiting.remove(sequence);
    sequence.mask?.free();
    this.shares.leave(sequence.tenant);
    this.drafter?.forget(sequence.id);
    const record = sequence.record(this.nowMs(), reason);
    // A slow average follows the load without jumping at every request.
    this.meanRequestSeconds += (record.totalMs / 1000 - this.meanRequestSeconds) * 0.1;
    sequence.generation.end(record, error);
    this.observer.onFinished?.(record);
  }

  private requestEnd(id: number, end: { reason: FinishReason; error: EngineError | null }): void {
    const sequence = this.waiting.find(id) ?? this.running.find((candidate) => candidate.id === id);
    // Blocks are taken back between steps, because a step may be reading them now.
    if (sequence !== undefined) sequence.end ??= end;
  }

  private failAll(cause: unknown): void {
    const error = failure(cause);
    // Without anything running nobody in particular is to blame, and trying the same again would loop.
    const failed = this.running.length > 0 ? this.running : [...this.waiting];
    this.running = [];
    this.blocks.clear();
    for (const sequence of failed) this.finish(sequence, 'error', error);
  }
}

function failure(cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError('failed', `The engine failed: ${reason}`, { code: 'engine_failed' });
}
