import { LlamaError, type LlamaModelInfo } from '../llama/index.ts';

/** KvMemoryPlan is how much KV memory a server gets. */
export interface KvMemoryPlan {
  contextTokens: number;
  totalBlocks: number;
  kvBytes: number;
  /** neededBytes are weights, KV cache and what computing takes. */
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

/** planKvMemory gives every sequence its whole context within reason, less where memory is short, and refuses less than one context. */
export function planKvMemory(
  info: LlamaModelInfo,
  options: {
    contextTokens?: number;
    kvTokens?: number;
    maxSequences: number;
    blockTokens: number;
    memoryBudgetBytes: number;
  },
): KvMemoryPlan {
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
  const roundUp = (tokens: number) => Math.ceil(tokens / CELL_ROUNDING) * CELL_ROUNDING;
  const defaultKvTokens = Math.min(
    contextTokens * options.maxSequences,
    Math.max(2 * contextTokens, Math.floor(DEFAULT_KV_BYTES / bytesPerToken)),
  );
  const roomBytes = options.memoryBudgetBytes - info.sizeBytes - OVERHEAD_BYTES;
  const roomTokens = Math.floor(roomBytes / bytesPerToken / CELL_ROUNDING) * CELL_ROUNDING;
  const wantedTokens = Math.max(contextTokens, options.kvTokens ?? defaultKvTokens);
  const tokens = Math.min(roundUp(wantedTokens), Math.max(0, roomTokens));
  if (tokens < roundUp(contextTokens)) {
    throw new LlamaError(
      `Not enough memory: weights ${megabytes(info.sizeBytes)}, KV cache ${megabytes(roundUp(contextTokens) * bytesPerToken)} ` +
        `for one context of ${contextTokens} tokens and ${megabytes(OVERHEAD_BYTES)} for computing are needed, ` +
        `${megabytes(options.memoryBudgetBytes)} are available`,
    );
  }
  return {
    contextTokens,
    totalBlocks: Math.floor(tokens / options.blockTokens),
    kvBytes: tokens * bytesPerToken,
    neededBytes: info.sizeBytes + tokens * bytesPerToken + OVERHEAD_BYTES,
  };
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`;
}
