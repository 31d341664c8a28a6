import type { SequenceId } from '../kv-cache/kv-cache.ts';
import { type LlamaContext, LlamaError, LlamaModel, TokenBatch } from '../llama/index.ts';
import { planKvMemory } from '../runner/kv-memory-plan.ts';
import type { Drafter, DraftRequest } from './drafter.ts';
import type { DraftTarget } from './load-drafter.ts';

interface Slot {
  index: number;
  /** tokens are those whose KV values the slot holds. */
  tokens: number[];
}

interface Guess {
  slot: Slot;
  request: DraftRequest;
  tokens: number[];
}

const DEFAULT_DRAFT_TOKENS = 4;
const BATCH_TOKENS = 512;
const BLOCK_TOKENS = 16;
// Every so many tokens are compared between the vocabularies; two tokenizers that differ do so nearly everywhere.
const COMPARED_STRIDE = 37;

/** DraftModel guesses with a smaller model of the same vocabulary, greedily, for all sequences together. */
export class DraftModel implements Drafter {
  readonly draftTokens: number;
  private readonly model: LlamaModel;
  private readonly context: LlamaContext;
  private readonly batch = new TokenBatch(BATCH_TOKENS);
  private readonly slots = new Map<SequenceId, Slot>();
  private readonly free: number[];

  private constructor(model: LlamaModel, context: LlamaContext, options: { draftTokens: number; slots: number }) {
    this.model = model;
    this.context = context;
    this.draftTokens = options.draftTokens;
    this.free = Array.from({ length: options.slots }, (_, index) => options.slots - 1 - index);
  }

  /** load throws a LlamaError when the model cannot be loaded or its vocabulary is not the target's. */
  static async load(
    options: { modelPath: string; draftTokens?: number; gpuLayers?: number },
    target: DraftTarget,
  ): Promise<DraftModel> {
    const model = await LlamaModel.load({
      path: options.modelPath,
      gpuLayers: options.gpuLayers ?? 0,
      kernels: true,
    });
    try {
      assertSameVocabulary(model, target);
      if (model.info.isRecurrent)
        throw new LlamaError('A recurrent model cannot take guesses back, so it cannot draft');
      const plan = planKvMemory(model.info, {
        contextTokens: target.contextTokens,
        maxSequences: target.maxSequences,
        blockTokens: BLOCK_TOKENS,
        memoryBudgetBytes: process.availableMemory() + model.info.sizeBytes,
        layout: 'split',
      });
      const context = model.createContext({
        contextTokens: plan.totalBlocks * BLOCK_TOKENS,
        batchTokens: BATCH_TOKENS,
        maxSequences: target.maxSequences,
        maxOutputs: target.maxSequences,
        threads: target.threads,
        unifiedKv: false,
      });
      const draftTokens = options.draftTokens ?? DEFAULT_DRAFT_TOKENS;
      return new DraftModel(model, context, { draftTokens, slots: target.maxSequences });
    } catch (error) {
      model.free();
      throw error;
    }
  }

  async draft(requests: readonly DraftRequest[]): Promise<readonly Int32Array[]> {
    const guesses = requests.map((request) => ({ request, slot: this.slotFor(request, requests), tokens: [] }));
    await this.catchUp(guesses);
    for (let round = 1; round < this.draftTokens; round += 1) {
      const going = guesses.filter(({ request, tokens }) => tokens.length < request.maxTokens);
      if (going.length === 0) break;
      await this.decode(going.map((guess) => ({ guess, tokens: guess.tokens.slice(-1) })));
    }
    return guesses.map(({ tokens }) => Int32Array.from(tokens));
  }

  forget(sequence: SequenceId): void {
    const slot = this.slots.get(sequence);
    if (slot === undefined) return;
    this.slots.delete(sequence);
    this.context.removeTokens(slot.index, 0, -1);
    this.free.push(slot.index);
  }

  close(): void {
    this.batch.free();
    this.context.free();
    this.model.free();
  }

  /** catchUp computes the tokens that became known since the last guess. */
  private async catchUp(guesses: readonly Guess[]): Promise<void> {
    const missing = guesses.map(({ slot, request }) => {
      const common = commonLength(slot.tokens, request.tokens);
      if (common < slot.tokens.length) this.context.removeTokens(slot.index, common, -1);
      slot.tokens.length = common;
      return [...request.tokens.subarray(common)];
    });
    while (missing.some((tokens) => tokens.length > 0)) {
      let room = BATCH_TOKENS;
      const parts = guesses.flatMap((guess, place) => {
        const tokens = missing[place]?.splice(0, room) ?? [];
        room -= tokens.length;
        return tokens.length === 0 ? [] : [{ guess, tokens, isWhole: missing[place]?.length === 0 }];
      });
      await this.decode(parts);
    }
  }

  /** decode computes tokens and adds the best next one to each guess whose tokens are then all known. */
  private async decode(
    parts: readonly { guess: Guess; tokens: readonly number[]; isWhole?: boolean }[],
  ): Promise<void> {
    this.batch.clear();
    const rows: { guess: Guess; row: number }[] = [];
    for (const { guess, tokens, isWhole = true } of parts.toSorted((a, b) => a.guess.slot.index - b.guess.slot.index)) {
      for (const [offset, token] of tokens.entries()) {
        const wantsLogits = isWhole && offset === tokens.length - 1;
        const row = this.batch.add(token, guess.slot.tokens.length, guess.slot.index, wantsLogits);
        guess.slot.tokens.push(token);
        if (wantsLogits) rows.push({ guess, row });
      }
    }
    const outcome = await this.context.decode(this.batch);
    if (outcome !== 'ok') throw new LlamaError(`The draft model could not compute its guesses (${outcome})`);
    for (const { guess, row } of rows) guess.tokens.push(this.context.bestToken(row));
  }

  private slotFor(request: DraftRequest, requests: readonly DraftRequest[]): Slot {
    const known = this.slots.get(request.sequence);
    if (known !== undefined) return known;
    if (this.free.length === 0) {
      // A sequence that was preempted holds a slot that it does not need now.
      const idle = [...this.slots.keys()].find((id) => !requests.some(({ sequence }) => sequence === id));
      if (idle !== undefined) this.forget(idle);
    }
    const index = this.free.pop();
    if (index === undefined) throw new LlamaError('The draft model has no free slot');
    const slot: Slot = { index, tokens: [] };
    this.slots.set(request.sequence, slot);
    return slot;
  }
}

/** commonLength is how many leading tokens are the same, leaving at least one to compute. */
function commonLength(held: readonly number[], wanted: Int32Array): number {
  const most = Math.min(held.length, wanted.length - 1);
  let common = 0;
  while (common < most && held[common] === wanted[common]) common += 1;
  return common;
}

function assertSameVocabulary(model: LlamaModel, { tokenizer }: DraftTarget): void {
  const { vocab, info } = model;
  if (vocab.size !== tokenizer.vocabSize) {
    throw new LlamaError(
      `${info.description} has ${vocab.size} tokens and its target ${tokenizer.vocabSize}: a draft model must have the same`,
    );
  }
  for (let token = 0; token < vocab.size; token += COMPARED_STRIDE) {
    if (vocab.tokenBytes(token, true).equals(tokenizer.tokenBytes(token, true))) continue;
    throw new LlamaError(`${info.description} has other tokens than its target (token ${token} differs)`);
  }
}
