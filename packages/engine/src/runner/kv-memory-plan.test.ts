import { describe, expect, test } from 'vitest';
import type { LlamaModelInfo } from '../llama/index.ts';
import { type KvLayout, type KvMemoryOptions, kvBytesPerToken, planKvMemory } from './kv-memory-plan.ts';

const MIB = 1024 * 1024;

// The shape of SmolLM2-135M: 30 layers, 3 key-value heads of 64 values.
const INFO: LlamaModelInfo = {
  description: 'llama 135M',
  contextTrainedTokens: 8192,
  vocabSize: 49_152,
  embeddingSize: 576,
  layerCount: 30,
  headCount: 9,
  kvHeadCount: 3,
  parameterCount: 134_515_008,
  sizeBytes: 94 * MIB,
  fileType: 3,
  hasEncoder: false,
  isRecurrent: false,
  metadata: { 'general.architecture': 'llama', 'llama.embedding_length': '576' },
};
const ROOMY = { maxSequences: 8, blockTokens: 16, memoryBudgetBytes: 16_384 * MIB };

describe('planKvMemory', () => {
  test('a token takes keys and values of all layers', () => {
    expect(kvBytesPerToken(INFO)).toBe(30 * 3 * (64 + 64) * 2);
    const metadata = { ...INFO.metadata, 'llama.attention.key_length': '96', 'llama.attention.value_length': '32' };
    expect(kvBytesPerToken({ ...INFO, metadata })).toBe(30 * 3 * (96 + 32) * 2);
  });

  const MIB_PER_CONTEXT = (2048 * 23_040) / MIB;

  const cases: Record<
    string,
    { options: Partial<KvMemoryOptions>; layout: KvLayout; contextTokens: number; tokens: number; cachedTokens: number }
  > = {
    'every sequence gets a buffer for its context where that is little': {
      options: { contextTokens: 2048 },
      layout: 'split',
      contextTokens: 2048,
      tokens: 8 * 2048,
      cachedTokens: 8 * 2048,
    },
    'the context has a default': {
      options: {},
      layout: 'split',
      contextTokens: 2048,
      tokens: 8 * 2048,
      cachedTokens: 8 * 2048,
    },
    'buffers are as long as llama.cpp makes them': {
      options: { contextTokens: 300, maxSequences: 4 },
      layout: 'split',
      contextTokens: 300,
      tokens: 4 * 512,
      cachedTokens: 4 * 512,
    },
    'large contexts share what 1 GiB holds': {
      options: { contextTokens: 8192 },
      layout: 'unified',
      contextTokens: 8192,
      tokens: Math.ceil(Math.floor((1024 * MIB) / 23_040) / 256) * 256,
      cachedTokens: 4096,
    },
    'large contexts are split on request': {
      options: { contextTokens: 8192, layout: 'split' },
      layout: 'split',
      contextTokens: 8192,
      tokens: 8 * 8192,
      cachedTokens: Math.floor((512 * MIB) / 23_040 / 16) * 16,
    },
    'one buffer for all on request': {
      options: { contextTokens: 2048, layout: 'unified' },
      layout: 'unified',
      contextTokens: 2048,
      tokens: 8 * 2048,
      cachedTokens: 4096,
    },
    'the size can be given': {
      options: { contextTokens: 512, kvTokens: 1024 },
      layout: 'unified',
      contextTokens: 512,
      tokens: 1024,
      cachedTokens: 1024,
    },
    'but never less than one context': {
      options: { contextTokens: 512, kvTokens: 1 },
      layout: 'unified',
      contextTokens: 512,
      tokens: 512,
      cachedTokens: 512,
    },
    'short memory leaves less for all together': {
      options: { contextTokens: 2048, memoryBudgetBytes: (94 + 200 + 90) * MIB },
      layout: 'unified',
      contextTokens: 2048,
      tokens: 4096,
      cachedTokens: 4096,
    },
    'a GPU is used to the full, with a buffer to spare, and keeps prefixes in the buffers': {
      options: { contextTokens: 8192, isOnGpu: true, prefixCopies: 'device' },
      layout: 'split',
      contextTokens: 8192,
      tokens: 9 * 8192,
      cachedTokens: 9 * 8192,
    },
    'the buffer to spare counts on top of the size that was given': {
      options: { contextTokens: 512, kvTokens: 8 * 512, isOnGpu: true, prefixCopies: 'device' },
      layout: 'split',
      contextTokens: 512,
      tokens: 9 * 512,
      cachedTokens: 9 * 512,
    },
    'cached prefixes take half of what is left': {
      options: { contextTokens: 2048, memoryBudgetBytes: (94 + 200 + 8 * MIB_PER_CONTEXT + 60) * MIB },
      layout: 'split',
      contextTokens: 2048,
      tokens: 8 * 2048,
      cachedTokens: Math.floor((30 * MIB) / 23_040 / 16) * 16,
    },
  };
  test.each(Object.entries(cases))('%s', (_, { options, layout, contextTokens, tokens, cachedTokens }) => {
    expect(planKvMemory(INFO, { ...ROOMY, ...options })).toEqual({
      layout,
      contextTokens,
      totalBlocks: tokens / 16,
      maxCachedBlocks: cachedTokens / 16,
      kvBytes: tokens * 23_040,
      neededBytes:
        (94 + 200) * MIB +
        (tokens + (layout === 'split' && options.prefixCopies !== 'device' ? cachedTokens : 0)) * 23_040,
    });
  });

  const refusals: Record<string, { options: Partial<KvMemoryOptions>; message: string }> = {
    'less memory than one context needs': {
      options: { contextTokens: 8192, memoryBudgetBytes: 400 * MIB },
      message:
        'weights 94 MiB, KV cache 180 MiB for one context of 8192 tokens and 200 MiB for computing are needed, 400 MiB are available',
    },
    'more context than the model knows': {
      options: { contextTokens: 10_000 },
      message: 'A context of 10000 tokens was asked for, but the model was trained for 8192',
    },
    'a context below one block': { options: { contextTokens: 8 }, message: 'A context of 8 tokens is too small' },
    'a split cache that does not fit': {
      options: { contextTokens: 8192, layout: 'split', memoryBudgetBytes: 1024 * MIB },
      message: 'A split KV cache for 8 sequences of 8192 tokens takes 1440 MiB, 730 MiB are left for it',
    },
  };
  test.each(Object.entries(refusals))('refuses %s, with the numbers', (_, { options, message }) => {
    expect(() => planKvMemory(INFO, { ...ROOMY, ...options })).toThrow(message);
  });
});
