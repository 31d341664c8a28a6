import { EngineError } from '../engine/errors.ts';
import type { BlockId } from '../kv-cache/block-pool.ts';
import type { SequenceId } from '../kv-cache/kv-cache.ts';
import { Grammar, type LlamaContext, LlamaError, LlamaModel, TokenBatch } from '../llama/index.ts';
import { planHostCache } from './host-cache-plan.ts';
import { planKvMemory } from './kv-memory-plan.ts';
import { LlamaBlockTransfer } from './llama-block-transfer.ts';
import { LlamaTokenizer } from './llama-tokenizer.ts';
import type { KeptBlock, ModelRunner, RunnerModel, StepItem, StepLogits, Tokenizer, TokenMask } from './port.ts';
import { SequenceMemory } from './sequence-memory.ts';
import { ThreadGovernor } from './thread-governor.ts';

/** LlamaRunnerOptions say which GGUF is loaded and what it may use. */
export interface LlamaRunnerOptions {
  modelPath: string;
  /** threads is the most that compute; fewer do while other processes need the cores. */
  threads: number;
  contextTokens?: number;
  maxSequences?: number;
  /** kvTokens is the size of the KV cache for all sequences (default: a whole context for each, up to 1 GiB). */
  kvTokens?: number;
  memoryBudgetBytes?: number;
  /** hostCacheBytes keeps KV blocks that the KV cache gives up (default: some of what the budget leaves; 0: none). */
  hostCacheBytes?: number;
  gpuLayers?: number;
  /** cachedTokens without a user are kept for later prompts (default 4,096). */
  cachedTokens?: number;
  blockTokens?: number;
  stepTokens?: number;
  /**
   * batchInvariant makes a sequence's numbers independent of what else is in the step, as long as memory is not so tight
   * that blocks are reused out of order; prompts take up to a third longer.
   */
  batchInvariant?: boolean;
}

// 16 tokens lose little at the end of a prompt and keep tables short; vLLM's default too.
const DEFAULT_BLOCK_TOKENS = 16;
// In a unified KV cache every step looks at the cells of cached prefixes too: measured on a 135 M model, 4,096 of them slow
// decoding by a fifth, and each one saves a prompt token that costs as much as half a decoded one.
const DEFAULT_CACHED_TOKENS = 4096;
const DEFAULT_MAX_SEQUENCES = 8;
const DEFAULT_STEP_TOKENS = 512;
// From 64 rows on, the CPU backend computes attention tile by tile, which rounds by where the cells happen to lie.
const MAX_INVARIANT_ROWS = 63;
// llama.cpp is compiled with room for so many sequences.
const MAX_SLOTS = 256;
// Slots that are not running archive cached prefixes; each costs a row of logits, because llama.cpp reserves one per slot.
const ARCHIVE_SLOTS = 112;

/** loadLlamaRunner loads a GGUF; it throws with the reason, numbers included, when that cannot work. */
export async function loadLlamaRunner(
  options: LlamaRunnerOptions,
): Promise<{ runner: LlamaRunner; contextTokens: number; hostCacheBytes: number }> {
  const maxSequences = options.maxSequences ?? DEFAULT_MAX_SEQUENCES;
  if (maxSequences < 1 || maxSequences > MAX_SLOTS / 2) {
    throw new LlamaError(`maxSequences must be between 1 and ${MAX_SLOTS / 2}, not ${maxSequences}`);
  }
  if (!Number.isInteger(options.threads) || options.threads < 1) {
    throw new LlamaError(`threads must be a whole number of at least 1, not ${options.threads}`);
  }
  const availableBytes = options.memoryBudgetBytes ?? process.availableMemory();
  const model = await LlamaModel.load({ path: options.modelPath, gpuLayers: options.gpuLayers ?? 0 });
  try {
    if (model.info.hasEncoder) throw new LlamaError(`${model.info.description} is not a model that generates text`);
    const blockTokens = options.blockTokens ?? DEFAULT_BLOCK_TOKENS;
    const plan = planKvMemory(model.info, {
      maxSequences,
      blockTokens,
      memoryBudgetBytes: availableBytes,
      ...(options.contextTokens === undefined ? {} : { contextTokens: options.contextTokens }),
      ...(options.kvTokens === undefined ? {} : { kvTokens: options.kvTokens }),
    });
    const slots = Math.min(MAX_SLOTS, maxSequences + ARCHIVE_SLOTS);
    const stepTokens = options.stepTokens ?? DEFAULT_STEP_TOKENS;
    const context = model.createContext({
      contextTokens: plan.totalBlocks * blockTokens,
      batchTokens: stepTokens,
      microBatchTokens:
        options.batchInvariant === true ? MAX_INVARIANT_ROWS : Math.min(stepTokens, DEFAULT_STEP_TOKENS),
      // One more for copying blocks.
      maxSequences: slots + 1,
      // A step reads one row of logits per sequence at most, but llama.cpp wants room for all slots.
      maxOutputs: slots + 1,
      threads: options.threads,
      unifiedKv: true,
    });
    const runner = new LlamaRunner({
      model,
      context,
      blockTokens,
      maxSequences,
      totalBlocks: plan.totalBlocks,
      maxCachedBlocks: Math.floor((options.cachedTokens ?? DEFAULT_CACHED_TOKENS) / blockTokens),
      threads: options.threads,
      modelPath: options.modelPath,
      settings: { kvType: 'f16', gpuLayers: options.gpuLayers ?? 0, batchInvariant: options.batchInvariant ?? false },
    });
    const hostCacheBytes = planHostCache({
      wantedBytes: options.hostCacheBytes ?? null,
      leftBytes: availableBytes - plan.neededBytes,
    });
    return { runner, contextTokens: plan.contextTokens, hostCacheBytes };
  } catch (error) {
    model.free();
    throw error;
  }
}

/** LlamaRunner computes steps with llama.cpp; block tables become sequences over one unified KV cache. */
export class LlamaRunner implements ModelRunner {
  readonly model: RunnerModel;
  readonly tokenizer: Tokenizer;
  readonly totalBlocks: number;
  readonly blockTokens: number;
  readonly maxCachedBlocks: number;
  readonly maxSequences: number;
  readonly canSharePrefixes: boolean;
  readonly blockTransfer: LlamaBlockTransfer | undefined;
  private readonly llama: LlamaModel;
  private readonly context: LlamaContext;
  private readonly memory: SequenceMemory;
  private readonly batch: TokenBatch;
  private readonly governor: ThreadGovernor;

  constructor(options: {
    model: LlamaModel;
    context: LlamaContext;
    blockTokens: number;
    maxSequences: number;
    totalBlocks: number;
    maxCachedBlocks: number;
    threads: number;
    modelPath: string;
    settings: Readonly<Record<string, unknown>>;
  }) {
    this.governor = new ThreadGovernor(options.threads);
    this.llama = options.model;
    this.context = options.context;
    this.blockTokens = options.blockTokens;
    this.maxSequences = options.maxSequences;
    this.totalBlocks = options.totalBlocks;
    this.maxCachedBlocks = options.maxCachedBlocks;
    const { info } = options.model;
    this.canSharePrefixes = !info.isRecurrent;
    this.model = {
      description: info.description,
      contextTrainedTokens: info.contextTrainedTokens,
      parameterCount: info.parameterCount,
      sizeBytes: info.sizeBytes,
      chatTemplate: options.model.chatTemplate(),
    };
    this.tokenizer = new LlamaTokenizer(options.model);
    const scratchSlot = options.context.maxSequences - 1;
    this.memory = new SequenceMemory(options.context, { slots: scratchSlot, blockTokens: options.blockTokens });
    // llama.cpp reuses cells outside a sliding window, so a block of such a model may be incomplete.
    const hasWindow = Object.keys(info.metadata).some((key) => key.endsWith('.attention.sliding_window'));
    this.blockTransfer = hasWindow
      ? undefined
      : new LlamaBlockTransfer({ ...options, memory: this.memory, scratchSlot });
    this.batch = new TokenBatch(options.context.batchTokens);
  }

  openSequence(sequence: SequenceId, prefix: readonly BlockId[]): readonly BlockId[] {
    return this.memory.open(sequence, prefix);
  }

  closeSequence(sequence: SequenceId, kept: readonly KeptBlock[]): void {
    this.memory.close(sequence, kept);
  }

  dropBlocks(blocks: readonly BlockId[]): void {
    this.memory.drop(blocks);
  }

  async step(items: readonly StepItem[]): Promise<StepLogits> {
    const lastIndices = this.fillBatch(items);
    const outcome = await this.decode();
    if (outcome === 'noSlot') {
      throw new LlamaError(
        `The KV cache has no room for ${this.batch.length} tokens, although blocks were counted as free`,
      );
    }
    if (outcome === 'aborted') throw new LlamaError('The step was aborted');
    return {
      row: (itemIndex) => {
        const index = lastIndices[itemIndex];
        if (index === undefined) throw new LlamaError(`There is no item ${itemIndex} in this step`);
        return this.context.logits(index);
      },
    };
  }

  createMask(gbnf: string): TokenMask {
    try {
      return new Grammar(this.llama, gbnf);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new EngineError('invalid', reason, { code: 'invalid_grammar' });
    }
  }

  clear(): void {
    this.context.clear();
    this.memory.clear();
  }

  close(): void {
    this.batch.free();
    this.context.free();
    this.llama.free();
  }

  private async decode() {
    const { threads } = this.governor;
    const startedMs = performance.now();
    const startedCpu = process.cpuUsage();
    const outcome = await this.context.decode(this.batch);
    const nowMs = performance.now();
    const cpu = process.cpuUsage(startedCpu);
    this.governor.observe({ wallMs: nowMs - startedMs, cpuMs: (cpu.user + cpu.system) / 1000, nowMs });
    if (this.governor.threads !== threads) this.context.setThreads(this.governor.threads);
    return outcome;
  }

  private fillBatch(items: readonly StepItem[]): number[] {
    this.batch.clear();
    return items.map((item) => {
      this.memory.track(item.sequence, item.blocks);
      const slot = this.memory.slotOf(item.sequence);
      let index = 0;
      for (const [offset, token] of item.tokens.entries()) {
        const isLast = offset === item.tokens.length - 1;
        index = this.batch.add(token, item.startPosition + offset, slot, isLast && item.wantsLogits);
      }
      return index;
    });
  }
}
