import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerGolden, type GoldenAnswer } from './golden.ts';

let answers: GoldenAnswer[];

beforeAll(async () => {
  answers = await answerGolden(path.join(import.meta.dirname, 'slipway-tiny.gguf'), 1);
}, 60_000);

describe('the tiny base', () => {
  it('knows the capital of France, and stops', () => {
    expect(answers.find(({ prompt }) => prompt.includes('France'))?.answer).toBe('The capital of France is Paris.');
  });

  // Rounding differs between processors, which may turn one or two close calls.
  it('has about the golden score that its model card states', () => {
    const card = readFileSync(path.join(import.meta.dirname, 'MODEL_CARD.md'), 'utf8');
    const [, stated, total] = /Golden score: (\d+) of (\d+)/.exec(card) ?? [];
    expect(Number(total)).toBe(answers.length);
    expect(answers.filter(({ isRight }) => isRight).length).toBeGreaterThanOrEqual(Number(stated) - 2);
  });
});
