import { describe, expect, test } from 'vitest';
import type { LlamaModelInfo } from '../llama/index.ts';
import { planEmbeddingMemory } from './plan-embedding-memory.ts';

const MIB = 1024 * 1024;
// The shape of all-MiniLM-L6-v2.
const INFO: LlamaModelInfo = {
  description: 'bert 22M F32',
  contextTrainedTokens: 512,
  vocabSize: 30_522,
  embeddingSize: 384,
  layerCount: 6,
  headCount: 12,
  kvHeadCount: 12,
  parameterCount: 22_565_376,
  sizeBytes: 86 * MIB,
  fileType: 0,
  hasEncoder: false,
  isRecurrent: false,
  metadata: { 'general.architecture': 'bert', 'bert.embedding_length': '384' },
};
const plan = (options: Partial<Parameters<typeof planEmbeddingMemory>[1]>, info: Partial<LlamaModelInfo> = {}) =>
  planEmbeddingMemory({ ...INFO, ...info }, { memoryBudgetBytes: 4096 * MIB, ...options });

describe('planEmbeddingMemory', () => {
  test('inputs may be as long as the model was trained for, up to 2,048 tokens unless more is asked for', () => {
    expect(plan({}).maxInputTokens).toBe(512);
    expect(plan({}, { contextTrainedTokens: 8192 }).maxInputTokens).toBe(2048);
    expect(plan({ contextTokens: 4096 }, { contextTrainedTokens: 8192 }).maxInputTokens).toBe(4096);
  });

  test('a batch has room for the longest input, however few tokens a step was given', () => {
    expect(plan({ contextTokens: 64 }).batchTokens).toBe(512);
    expect(plan({ contextTokens: 300, stepTokens: 16 }).batchTokens).toBe(300);
    expect(plan({ stepTokens: 1024 }).batchTokens).toBe(1024);
  });

  test('refuses inputs beyond what the model was trained for, with both numbers', () => {
    expect(() => plan({ contextTokens: 513 })).toThrow(/513 tokens.*512/);
  });

  test('refuses what does not fit the memory, with the numbers', () => {
    expect(() => plan({ memoryBudgetBytes: 300 * MIB })).toThrow(
      /weights 86 MiB, 65 MiB for a batch of 512 tokens and 200 MiB .* 300 MiB are available/,
    );
  });
});
