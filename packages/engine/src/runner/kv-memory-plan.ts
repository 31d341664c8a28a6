import { LlamaError, type LlamaModelInfo } from '../llama/index.ts';

/**
 * KvLayout is where the KV values of sequences lie: `split` gives each running sequence a buffer of its own, `unified` one
 * buffer to all. Split computes faster, because a step looks at a sequence's own tokens only; unified needs less memory,
 * because blocks are taken as they are needed and shared prefixes lie there once.
 */
export type KvLayout = 'split' | 'unified';

/**
 * PrefixCopies is where a split cache keeps prefixes that no sequence uses: `host` in memory beside it, `device` in buffers
 * that are not needed for a while. A new sequence gets its own copy of either.
 */
export type PrefixCopies = 'host' | 'device';

/** KvMemoryPlan is how much KV memory a server gets, and how it is laid out. */
export interface KvMemoryPlan {
  layout: KvLayout;
  contextTokens: number;
  totalBlocks: number;
  /** maxCachedBlocks is how much content that no sequence uses is kept. */
  maxCachedBlocks: number;
  kvBytes: number;
  /** neededBytes are weights, KV cache, what it keeps beside its buffers, and what computing takes. */
  neededBytes: number;
}

// llama.cpp rounds the cells of a cache up to this.
const CELL_ROUNDING = 256;
const DEFAULT_CONTEXT_TOKENS = 2048;
// llama.cpp writes the whole cache once at start. Few requests use their whole context, so beyond this blocks are shared out
// as they are needed rather than kept for everybody.
const DEFAULT_KV_BYTES = 1024 * 1024 * 1024;
// Keys and values are stored as f16.
const BYTES_PER_VALUE = 2;
// In a unified cache every step looks at the cells of cached prefixes too: 4,096 of them slow 16 sequences of a 135 M model
// down to 0.4 of the speed. A split cache keeps cached prefixes elsewhere, so there only memory counts.
const UNIFIED_CACHED_TOKENS = 4096;
const SPLIT_CACHED_BYTES = 512 * 1024 * 1024;
// Compute buffers, tokenizer tables and this process itself, on top of weights and KV cache.
const OVERHEAD_BYTES = 200 * 1024 * 1024;

/** kvBytesPerToken is the KV memory one token takes in all layers. */
export function kvBytesPerToken(info: LlamaModelInfo): number {
  const architecture = info.metadata['general.architecture'] ?? '';
  const read = (key: string) => Number(info.metadata[`${architecture}.${key}`] ?? Number.NaN);
  const headSize = info.headCount > 0 ? read('embedding_length') / info.headCount : Number.NaN;
  const keySize = read('attention.key_length') || headSize || 128;
  const valueSize = read('attention.value_length') || headSize || 128;
  return info.layerCount * info.kvHeadCount * (keySize + valueSize) * BYTES_PER_VALUE;
}

/** KvMemoryOptions are what a plan is made from. */
export interface KvMemoryOptions {
  contextTokens?: number;
  kvTokens?: number;
  cachedTokens?: number;
  maxSequences: number;
  blockTokens: number;
  memoryBudgetBytes: number;
  /** layout `auto` (the default) splits where every sequence can have its whole context. */
  layout?: KvLayout | 'auto';
  /** isOnGpu says where the KV cache lies; a GPU is used to the full. */
  isOnGpu?: boolean;
  prefixCopies?: PrefixCopies;
}

/** planKvMemory gives every sequence its whole context within reason, less where memory is short, and refuses less than one context. */
export function planKvMemory(info: LlamaModelInfo, options: KvMemoryOptions): KvMemoryPlan {
  const contextTokens = options.contextTokens ?? Math.min(DEFAULT_CONTEXT_TOKENS, info.contextTrainedTokens);
  if (contextTokens < options.blockTokens) {
    throw new LlamaError(`A context of ${contextTokens} tokens is too small; the least is ${options.blockTokens}`);
  }
  if (contextTokens > info.contextTrainedTokens) {
    throw new LlamaError(
      `A context of ${contextTokens} tokens was asked for, but the model was trained for ${info.contextTrainedTokens}`,
    );
  }
  const bytesPerToken = kvBytesPerToken(info);
  const isOnGpu = options.isOnGpu ?? false;
  const staysOnDevice = (options.prefixCopies ?? 'host') === 'device';
  // Of buffers that keep prefixes one stays empty, as room to move others; it counts on top of what was asked for.
  const spareTokens = staysOnDevice ? roundUp(contextTokens) : 0;
  const sequenceTokens = roundUp(contextTokens) * options.maxSequences;
  const splitTokens = sequenceTokens + spareTokens;
  const roomBytes = options.memoryBudgetBytes - info.sizeBytes - OVERHEAD_BYTES;
  const roomTokens = Math.max(0, Math.floor(roomBytes / bytesPerToken / CELL_ROUNDING) * CELL_ROUNDING);
  const defaultKvTokens = Math.min(
    sequenceTokens,
    isOnGpu ? roomTokens : Math.max(2 * contextTokens, Math.floor(DEFAULT_KV_BYTES / bytesPerToken)),
  );
  const wantedTokens = roundUp(Math.max(contextTokens, options.kvTokens ?? defaultKvTokens));
  if (roomTokens < roundUp(contextTokens)) {
    throw new LlamaError(
      `Not enough memory: weights ${megabytes(info.sizeBytes)}, KV cache ${megabytes(roundUp(contextTokens) * bytesPerToken)} ` +
        `for one context of ${contextTokens} tokens and ${megabytes(OVERHEAD_BYTES)} for computing are needed, ` +
        `${megabytes(options.memoryBudgetBytes)} are available`,
    );
  }
  const layout = options.layout ?? 'auto';
  if (layout === 'split' && splitTokens > roomTokens) {
    throw new LlamaError(
      `A split KV cache for ${options.maxSequences} sequences of ${contextTokens} tokens takes ` +
        `${megabytes(splitTokens * bytesPerToken)}, ${megabytes(Math.max(0, roomBytes))} are left for it`,
    );
  }
  const hasRoom = sequenceTokens <= wantedTokens && splitTokens <= roomTokens;
  const isSplit = layout === 'split' || (layout === 'auto' && hasRoom);
  const tokens = isSplit ? splitTokens : Math.min(wantedTokens, roomTokens);
  const cacheBytes = Math.min(SPLIT_CACHED_BYTES, (roomBytes - tokens * bytesPerToken) / 2);
  const splitCachedTokens = staysOnDevice ? tokens : Math.floor(cacheBytes / bytesPerToken);
  const cachedTokens = options.cachedTokens ?? (isSplit ? splitCachedTokens : UNIFIED_CACHED_TOKENS);
  const totalBlocks = Math.floor(tokens / options.blockTokens);
  const maxCachedBlocks = Math.min(totalBlocks, Math.floor(cachedTokens / options.blockTokens));
  // Blocks that a split cache keeps lie outside its buffers.
  const cachedBytes = isSplit && !staysOnDevice ? maxCachedBlocks * options.blockTokens * bytesPerToken : 0;
  return {
    layout: isSplit ? 'split' : 'unified',
    contextTokens,
    totalBlocks,
    maxCachedBlocks,
    kvBytes: tokens * bytesPerToken,
    neededBytes: info.sizeBytes + tokens * bytesPerToken + cachedBytes + OVERHEAD_BYTES,
  };
}

function roundUp(tokens: number): number {
  return Math.ceil(tokens / CELL_ROUNDING) * CELL_ROUNDING;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`;
}
