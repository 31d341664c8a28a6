import { freeGpuBytes, type LlamaContext, LlamaError, LlamaModel, type SequenceStateCodec } from '../llama/index.ts';
import type { BlockTransfer } from './block-transfer.ts';
import { planHostCache } from './host-cache-plan.ts';
import { type KvLayout, type KvMemoryPlan, type PrefixCopies, planKvMemory } from './kv-memory-plan.ts';
import { LlamaBlockTransfer } from './llama-block-transfer.ts';
import { LlamaRunner } from './llama-runner.ts';
import { LlamaStreamStore, learnStateCodec } from './llama-stream-store.ts';
import { type AdapterFile, loadAdapters } from './lora-adapters.ts';
import { ResidentMemory } from './resident-memory.ts';
import { SequenceMemory } from './sequence-memory.ts';
import type { SlotMemory } from './slot-memory.ts';
import { StreamBlockTransfer } from './stream-block-transfer.ts';
import { StreamMemory } from './stream-memory.ts';

/** LlamaRunnerOptions say which GGUF is loaded and what it may use. */
export interface LlamaRunnerOptions {
  modelPath: string;
  /** threads is the most that compute; fewer do while other processes need the cores. */
  threads: number;
  contextTokens?: number;
  maxSequences?: number;
  /** kvTokens is the size of the KV cache for all sequences (default: a whole context for each, up to 1 GiB). */
  kvTokens?: number;
  /** kvLayout: see KvLayout (default `auto`: split where every sequence can have its whole context). */
  kvLayout?: KvLayout | 'auto';
  /** prefixCopies: see PrefixCopies (default: `device` on a GPU, else `host`). */
  prefixCopies?: PrefixCopies;
  memoryBudgetBytes?: number;
  /** hostCacheBytes keeps KV blocks that the KV cache gives up (default: 0 beside a split cache, else some of what the budget leaves). */
  hostCacheBytes?: number;
  gpuLayers?: number;
  /** kernels computes with our own kernels where processor and model allow it (default true), else with ggml's. */
  kernels?: boolean;
  /** cachedTokens without a user are kept for later prompts (default: 4,096 in a unified cache, up to 512 MiB in a split one). */
  cachedTokens?: number;
  blockTokens?: number;
  stepTokens?: number;
  /** adapters are LoRA GGUFs that a request may name. */
  adapters?: readonly AdapterFile[];
  /**
   * batchInvariant makes a sequence's numbers independent of what else is in the step, as long as memory is not so tight
   * that blocks are reused out of order; prompts take up to a third longer. Our kernels always do, at no cost.
   */
  batchInvariant?: boolean;
}

// 16 tokens lose little at the end of a prompt and keep tables short; vLLM's default too.
const DEFAULT_BLOCK_TOKENS = 16;
const DEFAULT_MAX_SEQUENCES = 8;
const CPU_STEP_TOKENS = 512;
const GPU_STEP_TOKENS = 2048;
// llama.cpp computes so many at once; larger steps are several of these.
const MICRO_BATCH_TOKENS = 512;
// From 64 rows on, the CPU backend computes attention tile by tile, which rounds by where the cells happen to lie.
const MAX_INVARIANT_ROWS = 63;
// llama.cpp is compiled with room for so many sequences.
const MAX_SLOTS = 256;
// Slots of a unified cache that are not running archive cached prefixes; each costs a row of logits, because llama.cpp
// reserves one per slot.
const ARCHIVE_SLOTS = 112;
// Compute buffers of large steps, and whatever else runs on the GPU.
const GPU_SHARE = 0.9;
// Guesses are checked beside a row for every sequence.
const DRAFT_LOGIT_ROWS = 16;
// Panels of K-quants take up to a ninth more than the file.
const PANEL_GROWTH = 10 / 9;

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
  const hostBytes = process.availableMemory();
  const model = await LlamaModel.load({
    path: options.modelPath,
    gpuLayers: options.gpuLayers ?? 0,
    kernels: options.kernels ?? true,
  });
  try {
    if (model.info.hasEncoder) throw new LlamaError(`${model.info.description} is not a model that generates text`);
    const adapters = loadAdapters(model, options.adapters ?? []);
    const blockTokens = options.blockTokens ?? DEFAULT_BLOCK_TOKENS;
    const availableBytes = options.memoryBudgetBytes ?? availableMemory(model, hostBytes);
    const prefixCopies = options.prefixCopies ?? (model.isOnGpu ? 'device' : 'host');
    const sizeBytes = Math.ceil(model.info.sizeBytes * (model.usesKernels ? PANEL_GROWTH : 1));
    const planFor = (layout: KvLayout | 'auto') =>
      planKvMemory(
        { ...model.info, sizeBytes },
        {
          maxSequences,
          blockTokens,
          memoryBudgetBytes: availableBytes,
          layout,
          isOnGpu: model.isOnGpu,
          prefixCopies,
          ...(options.contextTokens === undefined ? {} : { contextTokens: options.contextTokens }),
          ...(options.kvTokens === undefined ? {} : { kvTokens: options.kvTokens }),
          ...(options.cachedTokens === undefined ? {} : { cachedTokens: options.cachedTokens }),
        },
      );
    let plan = planFor(options.kvLayout ?? (model.info.isRecurrent ? 'unified' : 'auto'));
    let kv = await createKv({ model, plan, options, prefixCopies, maxSequences, blockTokens });
    if (kv === null) {
      plan = planFor('unified');
      kv = await createKv({ model, plan, options, prefixCopies, maxSequences, blockTokens });
    }
    if (kv === null) throw new LlamaError('The KV cache could not be created');
    const runner = new LlamaRunner({
      model,
      ...kv,
      adapters,
      blockTokens,
      maxSequences,
      plan,
      threads: options.threads,
    });
    const hostCacheBytes = planHostCache({
      wantedBytes: options.hostCacheBytes ?? null,
      leftBytes: availableBytes - plan.neededBytes,
      layout: plan.layout,
    });
    return { runner, contextTokens: plan.contextTokens, hostCacheBytes };
  } catch (error) {
    model.free();
    throw error;
  }
}

interface KvRequest {
  model: LlamaModel;
  plan: KvMemoryPlan;
  options: LlamaRunnerOptions;
  prefixCopies: PrefixCopies;
  maxSequences: number;
  blockTokens: number;
}

interface Kv {
  context: LlamaContext;
  memory: SlotMemory;
  blockTransfer: BlockTransfer | undefined;
}

/** availableMemory is what there is for weights and KV cache together where the KV cache is. */
function availableMemory(model: LlamaModel, hostBytes: number): number {
  const gpuBytes = model.isOnGpu ? freeGpuBytes(model.native) : null;
  // The weights are there already.
  return gpuBytes === null ? hostBytes : Math.floor(gpuBytes * GPU_SHARE) + model.info.sizeBytes;
}

/** createKv makes a context and the memory that keeps it in line; null when this model's state cannot be split. */
async function createKv(request: KvRequest): Promise<Kv | null> {
  const { model, plan, prefixCopies, maxSequences, blockTokens, options } = request;
  const origin = {
    modelPath: options.modelPath,
    adapters: options.adapters ?? [],
    settings: {
      kvType: 'f16',
      kvLayout: plan.layout,
      blockTokens,
      gpuLayers: options.gpuLayers ?? 0,
      kernels: model.usesKernels,
      batchInvariant: options.batchInvariant ?? false,
    },
  };
  if (plan.layout === 'unified') {
    const slots = Math.min(MAX_SLOTS, maxSequences + ARCHIVE_SLOTS);
    // One more slot for copying blocks.
    const context = createContext(request, slots + 1);
    const memory = new SequenceMemory(context, { slots, blockTokens });
    // llama.cpp reuses cells outside a sliding window, so a block of such a model may be incomplete.
    const hasWindow = Object.keys(model.info.metadata).some((key) => key.endsWith('.attention.sliding_window'));
    const blockTransfer = hasWindow
      ? undefined
      : new LlamaBlockTransfer({ context, memory, scratchSlot: slots, blockTokens, origin });
    return { context, memory, blockTransfer };
  }
  const slots = prefixCopies === 'device' ? maxSequences + 1 : maxSequences;
  const context = createContext(request, slots);
  let codec: SequenceStateCodec;
  try {
    codec = await learnStateCodec(context, blockTokens);
  } catch (error) {
    context.free();
    if (options.kvLayout === 'split') throw error;
    return null;
  }
  const store = new LlamaStreamStore(context, codec);
  if (prefixCopies === 'device') {
    return { context, memory: new ResidentMemory(store, { slots, blockTokens }), blockTransfer: undefined };
  }
  const memory = new StreamMemory(store, slots);
  return { context, memory, blockTransfer: new StreamBlockTransfer({ memory, blockBytes: codec.blockBytes, origin }) };
}

function createContext({ model, plan, options, blockTokens }: KvRequest, slots: number): LlamaContext {
  const stepTokens = options.stepTokens ?? (model.isOnGpu ? GPU_STEP_TOKENS : CPU_STEP_TOKENS);
  // Our kernels compute a row alike whatever is beside it.
  const isCut = options.batchInvariant === true && !model.usesKernels;
  return model.createContext({
    contextTokens: plan.totalBlocks * blockTokens,
    batchTokens: stepTokens,
    microBatchTokens: isCut ? MAX_INVARIANT_ROWS : Math.min(stepTokens, MICRO_BATCH_TOKENS),
    maxSequences: slots,
    // llama.cpp wants room for a row of each slot.
    maxOutputs: slots + DRAFT_LOGIT_ROWS,
    threads: options.threads,
    unifiedKv: plan.layout === 'unified',
  });
}
