import { EngineError } from '../engine/errors.ts';
import type { BlockId } from '../kv-cache/block-pool.ts';
import type { SequenceId } from '../kv-cache/kv-cache.ts';
import { Grammar, type LlamaContext, LlamaError, type LlamaModel, TokenBatch } from '../llama/index.ts';
import { argMax } from '../sampling/arg-max.ts';
import type { BlockTransfer } from './block-transfer.ts';
import { governedDecode } from './governed-decode.ts';
import type { KvLayout, KvMemoryPlan } from './kv-memory-plan.ts';
import { LlamaTokenizer } from './llama-tokenizer.ts';
import type { LoadedAdapter } from './lora-adapters.ts';
import type {
  KeptBlock,
  ModelRunner,
  PrefillRows,
  RunnerModel,
  StepItem,
  StepLogits,
  Tokenizer,
  TokenMask,
} from './port.ts';
import type { SlotMemory } from './slot-memory.ts';
import { SLEEPING, SPINNING, ThreadGovernor } from './thread-governor.ts';

// Beside streams, 128 prompt tokens delay the next token by about as much as a batch of decodes costs on a processor; a GPU
// computes 512 in that time.
const MIXED_PREFILL_CPU = 128;
const MIXED_PREFILL_GPU = 512;
// From 64 rows of one sequence on, the CPU backend computes attention in tiles, several times as fast per row: behind a long
// prefix, 64 rows then take less time than 32.
const CPU_PREFILL_ROWS = { rows: 64, fromRows: 32, fromPrefix: 512 };
const NO_PREFILL_ROWS = { rows: 0, fromRows: 0, fromPrefix: 0 };
// Longer items than this are prompts; shorter ones are next tokens, with guesses behind them.
const LONGEST_DECODE = 16;
// Telling a GPU to choose tokens takes some milliseconds, so it must be worth it for a while.
const GREEDY_STEPS_BEFORE_PICKING = 8;

/** LlamaRunner computes steps with llama.cpp; block tables become its sequences. */
export class LlamaRunner implements ModelRunner {
  readonly model: RunnerModel;
  readonly tokenizer: Tokenizer;
  readonly totalBlocks: number;
  readonly blockTokens: number;
  readonly maxCachedBlocks: number;
  readonly maxSequences: number;
  readonly maxLogitRows: number;
  readonly stepTokens: number;
  readonly mixedPrefillTokens: number;
  readonly prefillRows: PrefillRows;
  readonly canPickBest: boolean;
  readonly canSharePrefixes: boolean;
  readonly kvLayout: KvLayout;
  readonly blockTransfer: BlockTransfer | undefined;
  private readonly llama: LlamaModel;
  private readonly context: LlamaContext;
  private readonly memory: SlotMemory;
  private readonly batch: TokenBatch;
  private readonly governor: ThreadGovernor;
  private readonly adapters: ReadonlyMap<string, LoadedAdapter>;
  private activeAdapter: string | null = null;
  private isPicking = false;
  private greedySteps = 0;

  constructor(options: {
    model: LlamaModel;
    context: LlamaContext;
    memory: SlotMemory;
    adapters: ReadonlyMap<string, LoadedAdapter>;
    plan: KvMemoryPlan;
    blockTokens: number;
    maxSequences: number;
    threads: number;
    blockTransfer: BlockTransfer | undefined;
  }) {
    this.governor = new ThreadGovernor(options.threads, options.model.usesKernels ? SLEEPING : SPINNING);
    this.llama = options.model;
    this.context = options.context;
    this.memory = options.memory;
    this.adapters = options.adapters;
    this.blockTransfer = options.blockTransfer;
    this.blockTokens = options.blockTokens;
    this.maxSequences = options.maxSequences;
    this.totalBlocks = options.plan.totalBlocks;
    this.maxCachedBlocks = options.plan.maxCachedBlocks;
    this.kvLayout = options.plan.layout;
    this.maxLogitRows = options.context.maxOutputs;
    const hasTiles = options.plan.layout === 'split' && !options.model.isOnGpu && !options.model.usesKernels;
    this.prefillRows = hasTiles ? CPU_PREFILL_ROWS : NO_PREFILL_ROWS;
    this.canPickBest = options.model.isOnGpu || options.model.usesKernels;
    this.stepTokens = options.context.batchTokens;
    this.mixedPrefillTokens = options.model.isOnGpu ? MIXED_PREFILL_GPU : MIXED_PREFILL_CPU;
    const { info } = options.model;
    this.canSharePrefixes = !info.isRecurrent;
    this.model = {
      description: info.description,
      contextTrainedTokens: info.contextTrainedTokens,
      parameterCount: info.parameterCount,
      sizeBytes: info.sizeBytes,
      chatTemplate: options.model.chatTemplate(),
      computesWith: options.model.computesWith,
      adapters: [...options.adapters.keys()],
    };
    this.tokenizer = new LlamaTokenizer(options.model);
    this.batch = new TokenBatch(options.context.batchTokens);
  }

  openSequence(sequence: SequenceId, prefix: readonly BlockId[]): readonly BlockId[] {
    return this.memory.open(sequence, prefix);
  }

  truncateSequence(sequence: SequenceId, tokens: number): void {
    this.memory.truncate(sequence, tokens);
  }

  closeSequence(sequence: SequenceId, kept: readonly KeptBlock[]): void {
    this.memory.close(sequence, kept);
  }

  dropBlocks(blocks: readonly BlockId[]): void {
    this.memory.drop(blocks);
  }

  async step(items: readonly StepItem[]): Promise<StepLogits> {
    const logitRows = items.reduce((sum, item) => sum + item.logitRows, 0);
    if (logitRows > this.maxLogitRows) {
      throw new LlamaError(`A step asked for ${logitRows} rows of logits, there is room for ${this.maxLogitRows}`);
    }
    this.memory.arrange();
    const parts = this.partsOf(items);
    this.choosePicking(items);
    if (parts.length === 1) {
      const rows = await this.compute(items);
      const row = (item: number, index = 0) => this.context.logits(rowIndex(rows, item, index));
      const best = (item: number, index = 0) => this.context.bestToken(rowIndex(rows, item, index));
      return { row, best };
    }
    // The next decode overwrites the results of this one, so they are kept until the step is over.
    const kept: (Float32Array | number)[][] = items.map(() => []);
    for (const part of parts) {
      const rows = await this.compute(part.map((place) => items[place] as StepItem));
      for (const [at, place] of part.entries()) {
        kept[place] = Array.from({ length: items[place]?.logitRows ?? 0 }, (_, index) => {
          const row = rowIndex(rows, at, index);
          return this.picks(items[place]) ? this.context.bestToken(row) : this.context.logits(row).slice();
        });
      }
    }
    return keptLogits(kept);
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

  /** compute decodes items of one adapter; it returns the batch index of each item's first row of logits. */
  private async compute(items: readonly StepItem[]): Promise<number[]> {
    this.useAdapter(items[0]?.adapter ?? null);
    const rows = this.fillBatch(items);
    const outcome = await governedDecode(this.context, this.batch, this.governor);
    if (outcome === 'noSlot') {
      throw new LlamaError(
        `The KV cache has no room for ${this.batch.length} tokens, although blocks were counted as free`,
      );
    }
    if (outcome === 'aborted') throw new LlamaError('The step was aborted');
    return rows;
  }

  /**
   * partsOf says which items are decoded together. An adapter holds for a whole decode. With a buffer for each sequence,
   * llama.cpp computes as many tokens of all sequences as the shortest has, so a prompt beside next tokens would be cut.
   */
  private partsOf(items: readonly StepItem[]): number[][] {
    const isSplit = this.kvLayout === 'split';
    return groupBy(items, ({ adapter, tokens }) => {
      const length = isSplit && tokens.length > LONGEST_DECODE ? tokens.length : 0;
      return `${length} ${adapter ?? ''}`;
    });
  }

  /** picks says that an item's token is looked up where its logits are; on a GPU that goes for all items of a step or none. */
  private picks(item: StepItem | undefined): boolean {
    return this.llama.isOnGpu ? this.isPicking : this.canPickBest && item?.picksBest === true;
  }

  /** choosePicking lets a GPU choose the tokens while all that run want the best one: rows of logits are large to fetch and to search. */
  private choosePicking(items: readonly StepItem[]): void {
    if (!this.llama.isOnGpu) return;
    const areGreedy = items.every(({ logitRows, picksBest }) => logitRows === 0 || picksBest);
    this.greedySteps = areGreedy ? this.greedySteps + 1 : 0;
    const isPicking = this.greedySteps > (this.isPicking ? 0 : GREEDY_STEPS_BEFORE_PICKING);
    if (isPicking !== this.isPicking) this.context.pickBest(isPicking);
    this.isPicking = isPicking;
  }

  private fillBatch(items: readonly StepItem[]): number[] {
    this.batch.clear();
    const rows = new Array<number>(items.length).fill(0);
    // llama.cpp computes neighbouring slots together only when they come in order.
    const order = items
      .map((item, place) => ({ item, place, slot: this.memory.slotOf(item.sequence) }))
      .sort((left, right) => left.slot - right.slot);
    for (const { item, place, slot } of order) {
      this.memory.track(item.sequence, item.blocks);
      const firstRow = item.tokens.length - item.logitRows;
      for (let offset = 0; offset < item.tokens.length; offset += 1) {
        const token = item.tokens[offset] as number;
        const index = this.batch.add(token, item.startPosition + offset, slot, offset >= firstRow);
        if (offset === firstRow) rows[place] = index;
      }
    }
    return rows;
  }

  private useAdapter(name: string | null): void {
    if (name === this.activeAdapter) return;
    const loaded = name === null ? undefined : this.adapters.get(name);
    if (name !== null && loaded === undefined) throw new LlamaError(`There is no adapter ${JSON.stringify(name)}`);
    this.context.setLoras(loaded === undefined ? [] : [loaded]);
    this.activeAdapter = name;
  }
}

/** groupBy groups the places of items by a key. */
function groupBy(items: readonly StepItem[], keyOf: (item: StepItem) => string): number[][] {
  const groups = new Map<string, number[]>();
  for (const [place, item] of items.entries()) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [place]);
    else group.push(place);
  }
  return [...groups.values()];
}

function keptLogits(kept: readonly (Float32Array | number)[][]): StepLogits {
  const result = (item: number, index: number) => kept[item]?.[index] ?? missingRow(item);
  return {
    row: (item, index = 0) => {
      const row = result(item, index);
      return typeof row === 'number' ? missingRow(item) : row;
    },
    best: (item, index = 0) => {
      const row = result(item, index);
      return typeof row === 'number' ? row : argMax(row);
    },
  };
}

function rowIndex(rows: readonly number[], item: number, index: number): number {
  const first = rows[item];
  return first === undefined ? missingRow(item) : first + index;
}

function missingRow(item: number): never {
  throw new LlamaError(`No logits were asked for at item ${item} of this step`);
}
