import type { RunnerModel, Tokenizer } from '../runner/port.ts';
import type { EmbeddingRunner } from './port.ts';

/** ScriptedEmbeddingRunner is a model without arithmetic, for tests: the vector of an input is its first token and its length. */
export class ScriptedEmbeddingRunner implements EmbeddingRunner {
  readonly embeddingSize = 2;
  readonly maxInputTokens = 8;
  readonly batchTokens = 16;
  readonly maxInputs = 4;
  /** batches are the first tokens of the inputs of every call. */
  readonly batches: number[][] = [];
  isClosed = false;
  private readonly onBatch: () => Promise<void> | void;

  /** onBatch runs inside each call, and may delay it or make it fail. */
  constructor(onBatch: () => Promise<void> | void = () => undefined) {
    this.onBatch = onBatch;
  }

  get model(): RunnerModel {
    throw new Error('A scripted model says nothing about itself');
  }

  get tokenizer(): Tokenizer {
    throw new Error('A scripted model has no tokenizer');
  }

  async embed(inputs: readonly Int32Array[]): Promise<Float32Array[]> {
    this.batches.push(inputs.map((tokens) => tokens[0] ?? -1));
    await this.onBatch();
    return inputs.map((tokens) => Float32Array.of(tokens[0] ?? -1, tokens.length));
  }

  close(): void {
    this.isClosed = true;
  }
}
