import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadLlamaEmbeddingRunner } from './llama-embedding-runner.ts';

const MODEL_PATH = path.join(import.meta.dirname, '../../tiny-base/slipway-tiny.gguf');
// Half precision in the KV cache rounds by where an input lies in its batch.
const TOLERANCE = 2e-3;

const dot = (left: Float32Array = Float32Array.of(), right: Float32Array = Float32Array.of()) =>
  left.reduce((total, value, index) => total + value * (right[index] ?? Number.NaN), 0);

describe('a decoder that pools', () => {
  test.each(['last', 'mean', 'cls'] as const)(
    'gives an input the same vector whatever was or is computed beside it (%s)',
    async (pooling) => {
      const runner = await loadLlamaEmbeddingRunner({ modelPath: MODEL_PATH, threads: 1, contextTokens: 128 }, pooling);
      try {
        const texts = ['The capital of France is Paris.', 'Two', 'Monday is after Sunday, and before Tuesday.'];
        const inputs = await Promise.all(
          texts.map((text) => runner.tokenizer.encode(text, { addSpecial: true, parseSpecial: true })),
        );
        const together = await runner.embed(inputs);
        for (const [index, tokens] of inputs.entries()) {
          const [alone] = await runner.embed([tokens]);
          expect(alone).toHaveLength(runner.embeddingSize);
          expect(Math.abs(1 - dot(alone, alone))).toBeLessThan(1e-5);
          expect(1 - dot(alone, together[index])).toBeLessThan(TOLERANCE);
        }
        expect(dot(together[0], together[1])).toBeLessThan(1 - TOLERANCE);
      } finally {
        runner.close();
      }
    },
  );
});
