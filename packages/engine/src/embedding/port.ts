import type { RunnerModel, Tokenizer } from '../runner/port.ts';

/** EmbeddingRunner turns token sequences into vectors. */
export interface EmbeddingRunner {
  readonly model: RunnerModel;
  readonly tokenizer: Tokenizer;
  /** embeddingSize is how many numbers a vector has. */
  readonly embeddingSize: number;
  /** maxInputTokens is the longest input. */
  readonly maxInputTokens: number;
  /** batchTokens and maxInputs are the most that one call of embed takes, all inputs together. */
  readonly batchTokens: number;
  readonly maxInputs: number;
  /** embed returns one vector of length 1 per input, in order, and computes off the event loop; one call at a time. */
  embed(inputs: readonly Int32Array[]): Promise<Float32Array[]>;
  close(): void;
}
