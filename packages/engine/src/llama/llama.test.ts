import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argMax } from '../sampling/arg-max.ts';
import { Grammar, type LlamaContext, LlamaError, LlamaModel, TokenBatch } from './index.ts';

const modelPath = path.join(import.meta.dirname, '../../tiny-base/slipway-tiny.gguf');
let model: LlamaModel;
let context: LlamaContext;
let batch: TokenBatch;

beforeAll(async () => {
  model = await LlamaModel.load({ path: modelPath });
  context = model.createContext({ contextTokens: 512, batchTokens: 128, maxSequences: 4, threads: 1 });
  batch = new TokenBatch(128);
});

afterAll(() => {
  batch.free();
  context.free();
  model.free();
});

function fill(tokens: Iterable<number>, sequence: number, start = 0): number {
  batch.clear();
  let last = 0;
  for (const [index, token] of [...tokens].entries()) last = batch.add(token, start + index, sequence, true);
  return last;
}

describe('a loaded model', () => {
  it('says what it is', () => {
    expect(model.info).toMatchObject({ layerCount: 4, vocabSize: 1024, contextTrainedTokens: 1024, fileType: 0 });
    expect(model.info.metadata['general.license']).toBe('apache-2.0');
    expect(model.chatTemplate()).toContain('<|im_start|>');
  });

  it('turns any text into tokens and back without losing a byte', () => {
    for (const text of ['Hello there!', 'Zürich, 東京, 🚢', '  two  spaces\n\tand a tab', '{"a": 12345}']) {
      const tokens = model.vocab.tokenize(text, { addSpecial: false, parseSpecial: false });
      expect(model.vocab.detokenize(tokens)).toBe(text);
    }
  });

  it('reads chat marks as tokens only when asked to', () => {
    const marks = model.vocab.tokenize('<|im_end|>', { addSpecial: false, parseSpecial: true });
    expect([...marks]).toEqual([model.vocab.eosToken]);
    expect(model.vocab.isEndOfGeneration(marks[0] ?? -1)).toBe(true);
    const text = model.vocab.tokenize('<|im_end|>', { addSpecial: false, parseSpecial: false });
    expect(text.length).toBeGreaterThan(1);
  });
});

describe('a context', () => {
  it('picks the token that its logits have as the best, for every row and sequence, until it is told otherwise', () => {
    const texts = ['What is the capital of France?', 'Once upon a time', 'Two and two is'];
    const prompts = texts.map((text) => model.vocab.tokenize(text, { addSpecial: false, parseSpecial: false }));
    /** decode returns the places of the last two tokens of each prompt. */
    const decode = (): number[] => {
      context.clear();
      batch.clear();
      const rows: number[] = [];
      for (const [sequence, tokens] of prompts.entries()) {
        for (const [at, token] of tokens.entries()) {
          const isWanted = at >= tokens.length - 2;
          const row = batch.add(token, at, sequence, isWanted);
          if (isWanted) rows.push(row);
        }
      }
      expect(context.decodeSync(batch)).toBe('ok');
      return rows;
    };
    const best = decode().map((row) => argMax(context.logits(row)));
    context.pickBest(true);
    expect(decode().map((row) => context.bestToken(row))).toEqual(best);
    context.pickBest(false);
    expect(decode().map((row) => argMax(context.logits(row)))).toEqual(best);
    context.pickBest(true);
    expect(decode().map((row) => context.bestToken(row))).toEqual(best);
    context.pickBest(false);
  });

  it('gives the same logits on and off the event loop', async () => {
    const tokens = model.vocab.tokenize('What is the capital of France?', { addSpecial: false, parseSpecial: false });
    context.clear();
    const last = fill(tokens, 0);
    expect(context.decodeSync(batch)).toBe('ok');
    const first = context.logits(last).slice();
    context.clear();
    expect(await context.decode(batch)).toBe('ok');
    expect(context.logits(last)).toEqual(first);
    expect(first).toHaveLength(1024);
  });

  it('tracks, copies and forgets positions of a sequence', () => {
    context.clear();
    fill([5, 6, 7, 8], 0);
    context.decodeSync(batch);
    context.copyTokens(0, 2);
    expect([context.lastPosition(0), context.lastPosition(2), context.lastPosition(1)]).toEqual([3, 3, null]);
    expect(context.removeTokens(2, 2)).toBe(true);
    expect(context.lastPosition(2)).toBe(1);
    context.keepOnly(2);
    expect([context.lastPosition(0), context.lastPosition(2)]).toEqual([null, 1]);
  });

  it('goes on from a saved sequence exactly as from the original', () => {
    context.clear();
    fill([5, 6, 7, 8], 0);
    context.decodeSync(batch);
    context.restoreSequence(3, context.saveSequence(0));
    const next = (sequence: number) => {
      const index = fill([9], sequence, 4);
      context.decodeSync(batch);
      return context.logits(index).slice();
    };
    expect(next(3)).toEqual(next(0));
  });

  it('says noSlot when the cache is full, and changes nothing', () => {
    const small = model.createContext({ contextTokens: 256, batchTokens: 128, threads: 1 });
    for (let start = 0; start < 256; start += 128) {
      fill(new Array(128).fill(5), 0, start);
      expect(small.decodeSync(batch)).toBe('ok');
    }
    fill([5], 0, 256);
    expect(small.decodeSync(batch)).toBe('noSlot');
    expect(small.lastPosition(0)).toBe(255);
    small.free();
  });
});

describe('a grammar', () => {
  it('leaves exactly the tokens that may come next', () => {
    const grammar = new Grammar(model, 'root ::= "ab" | "ac"');
    const logits = new Float32Array(1024);
    grammar.mask(logits);
    const allowed = [...logits.keys()].filter((token) => logits[token] !== -Infinity);
    expect(
      allowed.map((token) => model.vocab.detokenize([token])).every((text) => ['a', 'ab', 'ac'].includes(text)),
    ).toBe(true);
    for (const token of allowed) expect(grammar.allows(token)).toBe(true);
    const [wrong = -1] = model.vocab.tokenize('z', { addSpecial: false, parseSpecial: false });
    expect(() => grammar.accept(wrong)).toThrow(LlamaError);
    const [right = -1] = model.vocab.tokenize('a', { addSpecial: false, parseSpecial: false });
    grammar.accept(right);
    expect(grammar.allows(right)).toBe(false);
    grammar.free();
  });

  it('says why it cannot be read', () => {
    expect(() => new Grammar(model, 'root ::= missing')).toThrow(/grammar/i);
  });
});

describe('a file that is no model', () => {
  it.each([
    { name: 'a missing file', file: '/nowhere/model.gguf', reason: /There is no model file/ },
    { name: 'a file of another kind', file: import.meta.filename, reason: /invalid magic/ },
  ])('is refused with the reason: $name', async ({ file, reason }) => {
    await expect(LlamaModel.load({ path: file })).rejects.toThrow(reason);
  });
});
