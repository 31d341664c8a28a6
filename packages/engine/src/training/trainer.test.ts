import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { trainTokenizer } from '../../tiny-base/tokenizer.ts';
import { writeUntrainedModel } from '../../tiny-base/untrained-model.ts';
import { LlamaModel, TokenBatch } from '../llama/index.ts';
import { learnedRows, Trainer, type TrainingWindow } from './trainer.ts';
import { randomNumbers } from './windows.ts';

const CONTEXT_TOKENS = 256;
// Real optimiser steps on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let dir: string;
let model: LlamaModel;
let trainer: Trainer;
let window: TrainingWindow;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'slipway-trainer-'));
  const file = path.join(dir, 'untrained.gguf');
  writeUntrainedModel(file, trainTokenizer(['a tiny text to learn a few merges from'], 280), 3);
  model = await LlamaModel.load({ path: file });
  const { metadata } = model.info;
  trainer = new Trainer({ path: file, metadata, contextTokens: CONTEXT_TOKENS, threads: 1, isTrainable: () => true });
  const random = randomNumbers(5);
  const tokens = Int32Array.from({ length: CONTEXT_TOKENS + 1 }, () => Math.floor(random() * model.vocab.size));
  window = { tokens, isLearned: new Uint8Array(CONTEXT_TOKENS + 1).fill(1) };
});

afterAll(() => {
  trainer.free();
  model.free();
  rmSync(dir, { recursive: true, force: true });
});

// The mean loss of every `every`th prediction.
async function lossByLlama(every = 1): Promise<number> {
  const context = model.createContext({ contextTokens: CONTEXT_TOKENS, batchTokens: CONTEXT_TOKENS, threads: 1 });
  const batch = new TokenBatch(CONTEXT_TOKENS);
  for (let index = 0; index < CONTEXT_TOKENS; index += 1) batch.add(window.tokens[index] ?? 0, index, 0, true);
  await context.decode(batch);
  let total = 0;
  for (let index = 0; index < CONTEXT_TOKENS; index += every) {
    const logits = context.logits(index);
    const sum = logits.reduce((partial, logit) => partial + Math.exp(logit), 0);
    total += Math.log(sum) - (logits[window.tokens[index + 1] ?? 0] ?? 0);
  }
  batch.free();
  context.free();
  return (total * every) / CONTEXT_TOKENS;
}

describe('the training graph', () => {
  it('computes the same loss as llama.cpp does when it serves the model', async () => {
    expect(await trainer.evaluate(window)).toBeCloseTo(await lossByLlama(), 3);
  });

  it('counts only the tokens that are to be learned', async () => {
    const isLearned = window.isLearned.map((_, index) => (index % 4 === 1 ? 1 : 0));
    expect(await trainer.evaluate({ ...window, isLearned })).toBeCloseTo(await lossByLlama(4), 3);
  });

  it('has, for every tensor, the gradient that a finite difference measures', async () => {
    const names = ['token_embd', 'output_norm', 'blk.0.attn_q', 'blk.0.attn_k', 'blk.0.attn_v', 'blk.0.attn_norm'];
    names.push('blk.1.attn_output', 'blk.2.ffn_gate', 'blk.2.ffn_up', 'blk.3.ffn_down', 'blk.3.ffn_norm');
    const random = randomNumbers(9);
    const step = 2e-3;
    const measured = new Map<string, { slope: number; direction: Float32Array }>();
    for (const name of names.map((part) => `${part}.weight`)) {
      const values = trainer.weightValues(name);
      const before = values.slice();
      const direction = Float32Array.from(values, () => (random() < 0.5 ? -1 : 1));
      const lossAt = (distance: number) => {
        values.set(before.map((value, index) => value + distance * (direction[index] ?? 0)));
        return trainer.evaluate(window);
      };
      const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
      values.set(before);
      measured.set(name, { slope, direction });
    }
    await trainer.train(window, 1e-9);
    for (const [name, { slope, direction }] of measured) {
      const gradient = trainer.firstMoment(name).map((moment) => moment * 10);
      const computed = gradient.reduce((sum, value, index) => sum + value * (direction[index] ?? 0), 0);
      expect(Math.abs(computed - slope), name).toBeLessThan(0.01 + 0.05 * Math.abs(slope));
    }
  });

  it('learns one window by heart', async () => {
    const before = await trainer.evaluate(window);
    for (let step = 0; step < 20; step += 1) await trainer.train(window, 3e-3);
    expect(await trainer.evaluate(window)).toBeLessThan(0.7 * before);
  });
});

it.each([
  { name: 'everything', isLearned: [0, 1, 1, 1], rows: [0, 1, 2] },
  { name: 'one token, again and again', isLearned: [0, 0, 1, 0], rows: [1, 1, 1] },
  { name: 'never the first token, which nothing predicts', isLearned: [1, 0, 0, 1], rows: [2, 2, 2] },
  { name: 'everything where nothing is marked', isLearned: [0, 0, 0, 0], rows: [0, 1, 2] },
])('learnedRows learns $name', ({ isLearned, rows }) => {
  expect([...learnedRows(Uint8Array.from(isLearned))]).toEqual(rows);
});
