import type { ModelRunner, RunnerModel, StepItem, StepLogits, Tokenizer, TokenMask } from '../../src/runner/port.ts';

const VOCAB_SIZE = 8;
const PIECE = new TextEncoder().encode('a');

/** NullRunner computes nothing, so that what is left of a step is the control plane; it notes the time between steps. */
export class NullRunner implements ModelRunner {
  readonly model: RunnerModel = {
    description: 'null',
    contextTrainedTokens: 4096,
    parameterCount: 0,
    sizeBytes: 0,
    chatTemplate: null,
    computesWith: 'nothing',
    adapters: [],
  };
  readonly tokenizer: Tokenizer = {
    vocabSize: VOCAB_SIZE,
    bosText: '',
    eosText: '',
    encode: (text) => Promise.resolve(new Int32Array(text.length)),
    tokenBytes: () => PIECE,
    tokenText: () => 'a',
    isEndOfGeneration: () => false,
  };
  readonly totalBlocks = 8192;
  readonly blockTokens = 16;
  readonly maxCachedBlocks = 8192;
  readonly maxSequences = 64;
  readonly maxLogitRows = 80;
  readonly stepTokens = 512;
  readonly prefillRows = { rows: 0, fromRows: 0, fromPrefix: 0 };
  readonly mixedPrefillTokens = 128;
  readonly canPickBest = false;
  readonly canSharePrefixes = true;
  /** betweenStepsMs holds the time from the end of a full step to the beginning of the next. */
  readonly betweenStepsMs: number[] = [];
  private readonly row = new Float32Array(VOCAB_SIZE);
  private endedMs: number | null = null;

  openSequence(): readonly number[] {
    return [];
  }

  truncateSequence(): void {}

  closeSequence(): void {}

  dropBlocks(): void {}

  async step(items: readonly StepItem[]): Promise<StepLogits> {
    if (this.endedMs !== null && items.length === this.maxSequences) {
      this.betweenStepsMs.push(performance.now() - this.endedMs);
    }
    await new Promise((resolve) => setImmediate(resolve));
    this.endedMs = performance.now();
    return { row: () => this.row, best: () => 0 };
  }

  createMask(): TokenMask {
    throw new Error('The null runner has no grammars');
  }

  clear(): void {}

  close(): void {}
}
