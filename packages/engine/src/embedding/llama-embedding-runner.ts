import { type LlamaContext, LlamaError, LlamaModel, TokenBatch } from '../llama/index.ts';
import { governedDecode } from '../runner/governed-decode.ts';
import { LlamaTokenizer } from '../runner/llama-tokenizer.ts';
import type { RunnerModel, Tokenizer } from '../runner/port.ts';
import { ThreadGovernor } from '../runner/thread-governor.ts';
import type { Pooling } from './model-task.ts';
import { normalise } from './normalise.ts';
import { planEmbeddingMemory } from './plan-embedding-memory.ts';
import type { EmbeddingRunner } from './port.ts';

/** EmbeddingRunnerOptions say which GGUF is loaded and what it may use. */
export interface EmbeddingRunnerOptions {
  modelPath: string;
  /** threads is the most that compute; fewer do while other processes need the cores. */
  threads: number;
  /** contextTokens is the longest input (default: what the model was trained for, at most 2,048). */
  contextTokens?: number;
  /** stepTokens are computed together, or as many as the longest input has (default 512). */
  stepTokens?: number;
  memoryBudgetBytes?: number;
  gpuLayers?: number;
}

// Eight tokens each fill a batch of 512: shorter inputs are rare.
const MAX_INPUTS = 64;

/** loadLlamaEmbeddingRunner loads a GGUF that gives embeddings; it throws with the reason, numbers included, when that cannot work. */
export async function loadLlamaEmbeddingRunner(
  options: EmbeddingRunnerOptions,
  pooling: Pooling,
): Promise<LlamaEmbeddingRunner> {
  if (!Number.isInteger(options.threads) || options.threads < 1) {
    throw new LlamaError(`threads must be a whole number of at least 1, not ${options.threads}`);
  }
  const memoryBudgetBytes = options.memoryBudgetBytes ?? process.availableMemory();
  const model = await LlamaModel.load({ path: options.modelPath, gpuLayers: options.gpuLayers ?? 0 });
  try {
    const { maxInputTokens, batchTokens } = planEmbeddingMemory(model.info, { ...options, memoryBudgetBytes });
    const context = model.createContext({
      contextTokens: batchTokens,
      batchTokens,
      microBatchTokens: batchTokens,
      maxSequences: MAX_INPUTS,
      threads: options.threads,
      embeddings: true,
      pooling,
    });
    return new LlamaEmbeddingRunner({ model, context, maxInputTokens, threads: options.threads });
  } catch (error) {
    model.free();
    throw error;
  }
}

/** LlamaEmbeddingRunner computes embeddings with llama.cpp, each input as a sequence of its own. */
export class LlamaEmbeddingRunner implements EmbeddingRunner {
  readonly model: RunnerModel;
  readonly tokenizer: Tokenizer;
  readonly embeddingSize: number;
  readonly maxInputTokens: number;
  readonly batchTokens: number;
  readonly maxInputs: number;
  private readonly llama: LlamaModel;
  private readonly context: LlamaContext;
  private readonly batch: TokenBatch;
  private readonly governor: ThreadGovernor;

  constructor(options: { model: LlamaModel; context: LlamaContext; maxInputTokens: number; threads: number }) {
    const { model, context } = options;
    this.llama = model;
    this.context = context;
    this.governor = new ThreadGovernor(options.threads);
    this.maxInputTokens = options.maxInputTokens;
    this.batchTokens = context.batchTokens;
    this.maxInputs = context.maxSequences;
    this.embeddingSize = model.info.embeddingSize;
    this.batch = new TokenBatch(context.batchTokens);
    this.tokenizer = new LlamaTokenizer(model);
    this.model = {
      description: model.info.description,
      contextTrainedTokens: model.info.contextTrainedTokens,
      parameterCount: model.info.parameterCount,
      sizeBytes: model.info.sizeBytes,
      chatTemplate: null,
      computesWith: model.computesWith,
      adapters: [],
    };
  }

  async embed(inputs: readonly Int32Array[]): Promise<Float32Array[]> {
    this.batch.clear();
    for (const [sequence, tokens] of inputs.entries()) {
      for (const [position, token] of tokens.entries()) this.batch.add(token, position, sequence, true);
    }
    // Decoders keep keys and values of what was computed before; encoders have no such memory.
    this.context.clear();
    const outcome = await governedDecode(this.context, this.batch, this.governor);
    if (outcome !== 'ok') throw new LlamaError(`Computing ${this.batch.length} tokens ended as ${outcome}`);
    return inputs.map((_, sequence) => {
      const vector = this.context.sequenceEmbedding(sequence);
      if (vector === null) throw new LlamaError(`The model gave no embedding for input ${sequence}`);
      return normalise(vector);
    });
  }

  close(): void {
    this.batch.free();
    this.context.free();
    this.llama.free();
  }
}
