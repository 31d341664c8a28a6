import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../engine/engine.ts';
import { type GgufTensor, writeGguf } from '../llama/gguf-file.ts';
import { quantise } from '../quantise/quantise.ts';
import { GREEDY } from '../sampling/parameters.ts';
import { createRandom } from '../sampling/random.ts';
import { loadLlamaRunner } from './load-llama-runner.ts';

const MODEL_PATH = path.join(import.meta.dirname, '../../tiny-base/slipway-tiny.gguf');
const PATIENCE_MS = 60_000;
const RANK = 4;
const EMBEDDING_SIZE = 128;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'adapters-'));
});
afterAll(() => rm(dir, { recursive: true }));

/** writeAdapter writes a LoRA for the tiny base that changes the queries of every layer at random. */
function writeAdapter(name: string, seed: number): { name: string; path: string } {
  const random = createRandom(seed);
  const matrix = (tensor: string, shape: [number, number]): GgufTensor => ({
    name: tensor,
    shape,
    data: Float32Array.from({ length: shape[0] * shape[1] }, () => random() - 0.5),
  });
  const file = path.join(dir, `${name}.gguf`);
  writeGguf(
    file,
    new Map([
      ['general.type', { type: 'string', value: 'adapter' }],
      ['general.architecture', { type: 'string', value: 'llama' }],
      ['adapter.type', { type: 'string', value: 'lora' }],
      ['adapter.lora.alpha', { type: 'float32', value: RANK }],
    ]),
    [0, 1, 2, 3].flatMap((layer) => [
      matrix(`blk.${layer}.attn_q.weight.lora_a`, [EMBEDDING_SIZE, RANK]),
      matrix(`blk.${layer}.attn_q.weight.lora_b`, [RANK, EMBEDDING_SIZE]),
    ]),
  );
  return { name, path: file };
}

describe('LoRA adapters', { timeout: PATIENCE_MS }, () => {
  // Our own kernels compute the quantised model where the processor has what they need.
  test.each(['F32', 'Q8_0'] as const)(
    'each request gets its own, together in the same steps as others: %s',
    async (fileType) => {
      const adapters = [writeAdapter('north', 1), writeAdapter('south', 2)];
      const modelPath = path.join(dir, `${fileType}.gguf`);
      await quantise({ inputPath: MODEL_PATH, outputPath: modelPath, fileType, threads: 1 });
      const { runner } = await loadLlamaRunner({
        modelPath,
        threads: 1,
        contextTokens: 256,
        maxSequences: 6,
        batchInvariant: true,
        adapters,
      });
      expect(runner.model.adapters).toEqual(['north', 'south']);
      const engine = new Engine({ runner, contextTokens: 256 });
      const promptTokens = await runner.tokenizer.encode('Tell me a story about the sea and a small boat.', {
        addSpecial: true,
        parseSpecial: true,
      });
      const answer = async (adapter: string | null, cacheSalt: string) => {
        const tokens: number[] = [];
        const request = { promptTokens, sampling: GREEDY, maxTokens: 20, ignoreEndOfGeneration: true };
        for await (const chunk of engine.generate({ ...request, adapter, cacheSalt })) tokens.push(...chunk.tokens);
        return tokens;
      };
      const names = [null, 'north', 'south'];
      const alone: number[][] = [];
      for (const name of names) alone.push(await answer(name, 'alone'));
      expect(new Set(alone.map(String)).size).toBe(3);
      const together = await Promise.all([...names, ...names].map((name, index) => answer(name, `salt ${index}`)));
      expect(together).toEqual([...alone, ...alone]);
      // With the prefix of its own adapter cached, an answer stays the same.
      expect(await Promise.all(names.map((name) => answer(name, 'alone')))).toEqual(alone);
      expect(engine.state.blocks.used).toBe(0);
      runner.close();
    },
  );

  test.each(['', 'a:b'])('an adapter cannot be named %j', async (name) => {
    const { path: file } = writeAdapter('any', 3);
    await expect(
      loadLlamaRunner({ modelPath: MODEL_PATH, threads: 1, adapters: [{ name, path: file }] }),
    ).rejects.toThrow(/cannot be named/);
  });
});
