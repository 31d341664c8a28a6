import { LlamaError, type LlamaModelInfo } from '../llama/index.ts';
import { kvBytesPerToken } from '../runner/kv-memory-plan.ts';

/** EmbeddingMemoryPlan is how long inputs may be and how many tokens are computed together. */
export interface EmbeddingMemoryPlan {
  maxInputTokens: number;
  batchTokens: number;
}

const DEFAULT_INPUT_TOKENS = 2048;
// Every token of a batch attends over the whole batch, masked: beyond this, that costs more than larger matrices save.
const DEFAULT_BATCH_TOKENS = 512;
const BYTES_PER_FLOAT = 4;
// Compute buffers, tokenizer tables and this process itself.
const OVERHEAD_BYTES = 200 * 1024 * 1024;

/** planEmbeddingMemory gives the model its whole context within reason; it throws a LlamaError with the numbers when that cannot be. */
export function planEmbeddingMemory(
  info: LlamaModelInfo,
  options: { contextTokens?: number; stepTokens?: number; memoryBudgetBytes: number },
): EmbeddingMemoryPlan {
  const maxInputTokens = options.contextTokens ?? Math.min(DEFAULT_INPUT_TOKENS, info.contextTrainedTokens);
  // Positions beyond the table of a BERT would end the process.
  if (maxInputTokens > info.contextTrainedTokens) {
    throw new LlamaError(
      `Inputs of ${maxInputTokens} tokens were asked for, but the model was trained for ${info.contextTrainedTokens}`,
    );
  }
  // An input is computed in one piece: in most of these models every token looks at all others.
  const batchTokens = Math.max(maxInputTokens, options.stepTokens ?? DEFAULT_BATCH_TOKENS);
  // llama.cpp reserves a row of logits for every token, though no model of this kind computes them.
  const outputBytes = batchTokens * (info.vocabSize + info.embeddingSize) * BYTES_PER_FLOAT;
  const kvBytes = batchTokens * kvBytesPerToken(info);
  const neededBytes = info.sizeBytes + outputBytes + kvBytes + OVERHEAD_BYTES;
  if (neededBytes > options.memoryBudgetBytes) {
    throw new LlamaError(
      `Not enough memory: weights ${megabytes(info.sizeBytes)}, ${megabytes(outputBytes + kvBytes)} for a batch of ` +
        `${batchTokens} tokens and ${megabytes(OVERHEAD_BYTES)} for computing are needed, ` +
        `${megabytes(options.memoryBudgetBytes)} are available`,
    );
  }
  return { maxInputTokens, batchTokens };
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`;
}
