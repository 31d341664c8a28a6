import type { BlockId } from '../kv-cache/block-pool.ts';
import type { SequenceId } from '../kv-cache/kv-cache.ts';
import type { BlockTransfer } from './block-transfer.ts';
import type { KeptBlock, ModelRunner, RunnerModel, StepItem, StepLogits, Tokenizer, TokenMask } from './port.ts';

/** END_TOKEN ends a scripted answer; the 256 tokens below it are the bytes. */
export const END_TOKEN = 256;
const VOCAB_SIZE = 257;
// Far above all other logits, so that every temperature picks the scripted token.
const CERTAIN = 1000;

/** ScriptedRunnerOptions: `reply` maps the text of the prompt to the bytes that follow it. */
export interface ScriptedRunnerOptions {
  reply: (prompt: string) => string;
  /** promptEnd marks where a prompt ends and the answer begins. */
  promptEnd?: string;
  totalBlocks?: number;
  blockTokens?: number;
  maxCachedBlocks?: number;
  maxSequences?: number;
  chatTemplate?: string | null;
  adapters?: readonly string[];
  canPickBest?: boolean;
  /** maxWritten is how many of the blocks offered to writeBlocks are taken (default: all). */
  maxWritten?: (offered: number) => number;
  /** onStep runs inside each step, and may delay it or make it fail. */
  onStep?: (items: readonly StepItem[]) => Promise<void> | void;
}

const CHAT_TEMPLATE =
  "{% for message in messages %}{{ message.role + ': ' + message.content + '\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ 'assistant:\u0003' }}{% endif %}";

/**
 * ScriptedRunner is a model without arithmetic, for tests: it stores tokens in the blocks it is given and answers from what
 * it reads back through the block tables, so a wrong table, a shared block that was overwritten or a lost prefix changes
 * the answer or throws.
 */
export class ScriptedRunner implements ModelRunner {
  readonly model: RunnerModel;
  readonly tokenizer: Tokenizer = new ByteTokenizer();
  readonly totalBlocks: number;
  readonly blockTokens: number;
  readonly maxCachedBlocks: number;
  readonly maxSequences: number;
  readonly maxLogitRows: number;
  readonly stepTokens = 512;
  readonly prefillRows = { rows: 0, fromRows: 0, fromPrefix: 0 };
  readonly mixedPrefillTokens = 128;
  readonly canPickBest: boolean;
  readonly canSharePrefixes = true;
  readonly blockTransfer: BlockTransfer;
  /** computedTokens counts the tokens of all steps, so that a test can see what a shared prefix saved. */
  computedTokens = 0;
  stepCount = 0;
  readonly open = new Set<SequenceId>();
  isClosed = false;
  private readonly options: ScriptedRunnerOptions;
  private readonly memory: Int32Array;
  /** tables are the blocks each open sequence was last computed in; a copy, because the engine's own shrink. */
  private readonly tables = new Map<SequenceId, readonly BlockId[]>();
  private isStepping = false;

  constructor(options: ScriptedRunnerOptions) {
    this.options = options;
    this.canPickBest = options.canPickBest ?? false;
    this.totalBlocks = options.totalBlocks ?? 256;
    this.blockTokens = options.blockTokens ?? 16;
    this.maxCachedBlocks = options.maxCachedBlocks ?? this.totalBlocks;
    this.maxSequences = options.maxSequences ?? 8;
    this.maxLogitRows = this.maxSequences + 16;
    this.memory = new Int32Array(this.totalBlocks * this.blockTokens).fill(-1);
    this.blockTransfer = this.createTransfer();
    this.model = {
      description: 'scripted',
      contextTrainedTokens: this.totalBlocks * this.blockTokens,
      parameterCount: 0,
      sizeBytes: 0,
      computesWith: 'a script',
      chatTemplate: options.chatTemplate === undefined ? CHAT_TEMPLATE : options.chatTemplate,
      adapters: options.adapters ?? [],
    };
  }

  openSequence(sequence: SequenceId, prefix: readonly BlockId[]): readonly BlockId[] {
    this.assertIdle();
    if (this.open.has(sequence)) throw new Error(`Sequence ${sequence} is already open`);
    this.open.add(sequence);
    for (const block of prefix) this.readBlock(block, this.blockTokens);
    return [];
  }

  truncateSequence(sequence: SequenceId, tokens: number): void {
    this.assertIdle();
    const blocks = this.tables.get(sequence) ?? [];
    for (let position = tokens; position < blocks.length * this.blockTokens; position += 1) {
      const block = blocks[Math.floor(position / this.blockTokens)] as BlockId;
      this.memory[block * this.blockTokens + (position % this.blockTokens)] = -1;
    }
  }

  closeSequence(sequence: SequenceId, _kept: readonly KeptBlock[]): void {
    this.assertIdle();
    if (!this.open.delete(sequence)) throw new Error(`Sequence ${sequence} is not open`);
    this.tables.delete(sequence);
  }

  dropBlocks(blocks: readonly BlockId[]): void {
    this.assertIdle();
    for (const block of blocks) this.memory.fill(-1, block * this.blockTokens, (block + 1) * this.blockTokens);
  }

  async step(items: readonly StepItem[]): Promise<StepLogits> {
    this.assertIdle();
    this.isStepping = true;
    try {
      this.stepCount += 1;
      // A real step leaves the event loop free; so does this one.
      await new Promise((resolve) => setImmediate(resolve));
      await this.options.onStep?.(items);
      const wanted = items.reduce((sum, { logitRows }) => sum + logitRows, 0);
      if (wanted > this.maxLogitRows) throw new Error(`${wanted} rows of logits are more than ${this.maxLogitRows}`);
      const rows = items.map((item) => this.compute(item));
      const row = (item: number, index = 0) => {
        const logits = rows[item]?.[index];
        if (logits === undefined) throw new Error(`No logits were asked for at item ${item}`);
        return logits;
      };
      return { row, best: (item, index) => row(item, index).indexOf(CERTAIN) };
    } finally {
      this.isStepping = false;
    }
  }

  createMask(_gbnf: string): TokenMask {
    throw new Error('The scripted runner has no grammars');
  }

  clear(): void {
    this.open.clear();
    this.memory.fill(-1);
  }

  close(): void {
    this.isClosed = true;
  }

  private compute(item: StepItem): Float32Array[] {
    if (!this.open.has(item.sequence)) throw new Error(`Sequence ${item.sequence} is not open`);
    this.computedTokens += item.tokens.length;
    for (const [offset, token] of item.tokens.entries()) {
      const position = item.startPosition + offset;
      const block = item.blocks[Math.floor(position / this.blockTokens)];
      if (block === undefined) throw new Error(`Sequence ${item.sequence} has no block for position ${position}`);
      this.memory[block * this.blockTokens + (position % this.blockTokens)] = token;
    }
    this.tables.set(item.sequence, [...item.blocks]);
    const tokens = this.readTable(item);
    if (item.picksBest && !this.canPickBest) throw new Error('This runner cannot pick the best token');
    return Array.from({ length: item.logitRows }, (_, index) => {
      const row = new Float32Array(VOCAB_SIZE);
      row[this.nextToken(tokens.slice(0, tokens.length - item.logitRows + index + 1))] = CERTAIN;
      return row;
    });
  }

  private nextToken(tokens: number[]): number {
    const bytes = Buffer.from(tokens);
    const end = Buffer.from(this.options.promptEnd ?? '\u0003', 'utf8');
    const promptEnd = bytes.indexOf(end);
    if (promptEnd < 0) return END_TOKEN;
    const answered = bytes.subarray(promptEnd + end.length);
    const reply = Buffer.from(this.options.reply(bytes.subarray(0, promptEnd).toString('utf8')), 'utf8');
    if (!reply.subarray(0, answered.length).equals(answered)) return END_TOKEN;
    return reply[answered.length] ?? END_TOKEN;
  }

  private readTable(item: StepItem): number[] {
    const length = item.startPosition + item.tokens.length;
    const tokens: number[] = [];
    for (const block of item.blocks) {
      const count = Math.min(this.blockTokens, length - tokens.length);
      if (count <= 0) break;
      tokens.push(...this.readBlock(block, count));
    }
    return tokens;
  }

  private readBlock(block: BlockId, count: number): Int32Array {
    const tokens = this.memory.subarray(block * this.blockTokens, block * this.blockTokens + count);
    if (tokens.includes(-1)) throw new Error(`Block ${block} was read before it was written`);
    return tokens;
  }

  private createTransfer(): BlockTransfer {
    return {
      fingerprint: () => Promise.resolve('scripted'),
      readBlock: (block) => {
        this.assertIdle();
        return new Uint8Array(this.readBlock(block, this.blockTokens).slice().buffer);
      },
      writeBlocks: ({ blocks, from, contents }) => {
        this.assertIdle();
        const written = this.options.maxWritten?.(contents.length) ?? contents.length;
        for (const [offset, content] of contents.slice(0, written).entries()) {
          const start = (blocks[from + offset] ?? Number.NaN) * this.blockTokens;
          // A file's bytes need not begin at a multiple of four, so they are copied.
          this.memory.set(new Int32Array(new Uint8Array(content).buffer), start);
        }
        return written;
      },
    };
  }

  private assertIdle(): void {
    if (this.isStepping) throw new Error('The runner was called while a step runs');
  }
}

class ByteTokenizer implements Tokenizer {
  readonly vocabSize = VOCAB_SIZE;
  readonly bosText = '';
  readonly eosText = '';

  encode(text: string): Promise<Int32Array> {
    return Promise.resolve(Int32Array.from(Buffer.from(text, 'utf8')));
  }

  tokenBytes(token: number): Uint8Array {
    return token === END_TOKEN ? new Uint8Array(0) : Uint8Array.of(token);
  }

  tokenText(token: number): string | null {
    if (token === END_TOKEN) return '';
    return token < 0x80 ? String.fromCharCode(token) : null;
  }

  isEndOfGeneration(token: number): boolean {
    return token === END_TOKEN;
  }
}
