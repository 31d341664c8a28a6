import type { BlockId } from '../kv-cache/block-pool.ts';
import type { SequenceId } from '../kv-cache/kv-cache.ts';
import type { BlockTransfer } from './block-transfer.ts';

/** Tokenizer turns text into token ids and back, as the model does. */
export interface Tokenizer {
  readonly vocabSize: number;
  readonly bosText: string;
  readonly eosText: string;
  /** encode returns token ids; `addSpecial` adds the model's own BOS, `parseSpecial` reads marks like <|im_end|> as tokens. */
  encode(text: string, options: { addSpecial: boolean; parseSpecial: boolean }): Promise<Int32Array>;
  /** tokenBytes returns the bytes of a token, which may be part of a character; marks are empty unless `special`. */
  tokenBytes(token: number, special?: boolean): Uint8Array;
  /** tokenText is what the bytes of a token say where they are whole characters, else null; marks are empty. */
  tokenText(token: number): string | null;
  isEndOfGeneration(token: number): boolean;
}

/** TokenMask forbids tokens that would leave a grammar. */
export interface TokenMask {
  allows(token: number): boolean;
  /** mask sets the logits of forbidden tokens to -Infinity, in place. */
  mask(logits: Float32Array): void;
  accept(token: number): void;
  free(): void;
}

/** RunnerModel is what the engine needs to know about the loaded model. */
export interface RunnerModel {
  description: string;
  contextTrainedTokens: number;
  parameterCount: number;
  sizeBytes: number;
  chatTemplate: string | null;
  /** computesWith says what computes the model, and why nothing faster does. */
  computesWith: string;
  /** adapters are the names of the LoRA adapters that steps may name. */
  adapters: readonly string[];
}

/** StepItem is one sequence's part of a step: the next tokens of it, right after what its blocks already hold. */
export interface StepItem {
  sequence: SequenceId;
  tokens: Int32Array;
  startPosition: number;
  /** blocks is the block table, long enough for startPosition + tokens.length tokens. */
  blocks: readonly BlockId[];
  /** logitRows asks for the logits after each of the last so many tokens. */
  logitRows: number;
  /** picksBest says that the most likely token of each row is all that will be read of it. */
  picksBest: boolean;
  /** adapter names the LoRA adapter that this sequence is computed with; null is the model as it is. */
  adapter: string | null;
}

/** StepLogits gives what items wanted to know after their last tokens, the earliest token first. */
export interface StepLogits {
  /** row is `vocabSize` logits, valid until the next step; not for an item that picks the best. */
  row(itemIndex: number, index?: number): Float32Array;
  /** best is the token with the largest logit, the lowest on a tie; only for an item that picks the best. */
  best(itemIndex: number, index?: number): number;
}

/** PrefillRows: a rest of `fromRows` to `rows` tokens behind a prefix of `fromPrefix` or more takes longer than `rows` tokens. */
export interface PrefillRows {
  rows: number;
  fromRows: number;
  fromPrefix: number;
}

/** KeptBlock is a full block whose content outlives its sequence: its tokens are [index, index + 1) * blockTokens. */
export interface KeptBlock {
  index: number;
  block: BlockId;
}

/**
 * ModelRunner computes steps over block tables. A runner with paged kernels reads the tables and has nothing to do in
 * openSequence, closeSequence and dropBlocks; one whose memory is organised by sequence keeps it in line there. None of
 * them is called while a step runs.
 */
export interface ModelRunner {
  readonly model: RunnerModel;
  readonly tokenizer: Tokenizer;
  readonly totalBlocks: number;
  readonly blockTokens: number;
  /** maxCachedBlocks is how much content without a user is worth keeping. */
  readonly maxCachedBlocks: number;
  readonly maxSequences: number;
  /** maxLogitRows is how many rows of logits one step may ask for, all items together. */
  readonly maxLogitRows: number;
  /** stepTokens is the most tokens worth computing in one step, mixedPrefillTokens the most of a prompt beside streams. */
  readonly stepTokens: number;
  readonly mixedPrefillTokens: number;
  /** prefillRows says which small rests of prompts are slower than larger ones. */
  readonly prefillRows: PrefillRows;
  /** canPickBest says that best() spares handing rows of logits over. */
  readonly canPickBest: boolean;
  /** canSharePrefixes is false for models whose state cannot be cut at a position. */
  readonly canSharePrefixes: boolean;
  /** blockTransfer copies blocks out and back, where the runner can. */
  readonly blockTransfer?: BlockTransfer | undefined;
  /** openSequence starts a sequence whose first blocks are already computed; it returns cached blocks that must be dropped before the next. */
  openSequence(sequence: SequenceId, prefix: readonly BlockId[]): readonly BlockId[];
  /** truncateSequence forgets what a sequence computed from position `tokens` on; its blocks for that may be taken back. */
  truncateSequence(sequence: SequenceId, tokens: number): void;
  /** closeSequence ends a sequence, keeping the content of some of its blocks for later ones. */
  closeSequence(sequence: SequenceId, kept: readonly KeptBlock[]): void;
  /** dropBlocks says that the content of kept blocks is no longer needed: they will be written again. */
  dropBlocks(blocks: readonly BlockId[]): void;
  /** step computes all items together, off the event loop. */
  step(items: readonly StepItem[]): Promise<StepLogits>;
  /** createMask compiles a GBNF grammar. */
  createMask(gbnf: string): TokenMask;
  /** clear forgets everything, after a step failed. */
  clear(): void;
  close(): void;
}
