import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainTokenizer } from '../../tiny-base/tokenizer.ts';
import { writeUntrainedModel } from '../../tiny-base/untrained-model.ts';
import { quantise } from '../quantise/quantise.ts';
import { buildKernels } from './build-kernels.ts';
import { type LlamaContextOptions, LlamaModel, openLlama, TokenBatch } from './index.ts';
import { suitsKernels } from './kernels.ts';

const BASE = path.join(import.meta.dirname, '../../tiny-base/slipway-tiny.gguf');
const PATIENCE_MS = 120_000;
const TYPES = ['Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q8_0', 'Q4_K_M', 'Q5_K_M', 'Q6_K'] as const;
// K-quants take 256 elements of a row together, which the tiny base does not have.
const WIDE = {
  contextTokens: 1024,
  embeddingSize: 256,
  layerCount: 2,
  headCount: 4,
  kvHeadCount: 2,
  feedForwardSize: 512,
};
const TEXT = 'A canary release sends a small share of the requests to the new version. ';

const directory = mkdtempSync(path.join(tmpdir(), 'slipway-kernels-'));
const fileOf = (type: string) => path.join(directory, `${type}.gguf`);
const hasCompiler = ['cc', 'gcc', 'clang'].some((compiler) => spawnSync(compiler, ['--version']).status === 0);
const canRun = hasCompiler && /avx512_vnni/.test(readFileSync('/proc/cpuinfo', 'utf8'));

beforeAll(async () => {
  const wide = fileOf('wide');
  writeUntrainedModel(wide, trainTokenizer(['a text to learn a few merges from'], 280), 3, WIDE);
  for (const fileType of TYPES) {
    const inputPath = fileType.includes('_K') ? wide : BASE;
    await quantise({ inputPath, outputPath: fileOf(fileType), fileType, threads: 1 });
    // The same numbers without rounding: what both kernels approximate.
    const exact = { inputPath: fileOf(fileType), outputPath: fileOf(`exact-${fileType}`) };
    await quantise({ ...exact, fileType: 'F32', threads: 1 });
  }
}, PATIENCE_MS);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Shape = Pick<LlamaContextOptions, 'unifiedKv' | 'threads' | 'microBatchTokens' | 'kvTypeKey' | 'kvTypeValue'>;

/** logitsOf computes prompts of different lengths for three sequences, then steps of all of them, and returns every row. */
async function logitsOf(modelPath: string, kernels: boolean, shape: Shape): Promise<Float32Array[]> {
  const model = await LlamaModel.load({ path: modelPath, kernels });
  try {
    expect(model.computesWith).toMatch(
      kernels ? /^our kernels$/ : /^ggml's kernels \(not ours: they were not asked for\)$/,
    );
    const context = model.createContext({
      contextTokens: 1024,
      batchTokens: 256,
      maxSequences: 4,
      flashAttention: 'on',
      ...shape,
    });
    const batch = new TokenBatch(256);
    const rows: Float32Array[] = [];
    const compute = () => {
      expect(context.decodeSync(batch)).toBe('ok');
      for (let index = 0; index < batch.length; index += 1) rows.push(context.logits(index).slice());
      batch.clear();
    };
    const tokens = model.vocab.tokenize(TEXT.repeat(8), { addSpecial: true, parseSpecial: false });
    const lengths = [200, 3, 37];
    for (const [sequence, length] of lengths.entries()) {
      for (let at = 0; at < length; at += 1) batch.add(tokens[at] ?? 0, at, sequence, true);
      compute();
    }
    for (let step = 0; step < 4; step += 1) {
      for (const [sequence, length] of lengths.entries()) {
        batch.add(tokens[length + step] ?? 0, length + step, sequence, true);
      }
      compute();
    }
    context.free();
    return rows;
  } finally {
    model.free();
  }
}

function distance(left: Float32Array, right: Float32Array): number {
  let squares = 0;
  let length = 0;
  for (const [index, value] of left.entries()) {
    squares += (value - (right[index] ?? Number.NaN)) ** 2;
    length += value ** 2;
  }
  return Math.sqrt(squares / length);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe.skipIf(!canRun)('Our kernels', { timeout: PATIENCE_MS }, () => {
  const shapes: Record<string, Shape> = {
    'a buffer for each sequence, 2 threads': { unifiedKv: false, threads: 2 },
    'one buffer for all, 1 thread': { unifiedKv: true, threads: 1 },
    'three threads, small pieces': { unifiedKv: false, threads: 3, microBatchTokens: 32 },
  };
  for (const type of TYPES) {
    for (const [name, shape] of Object.entries(shapes)) {
      it(`are as exact as ggml's: ${type}, ${name}`, async () => {
        // More of ggml's threads than cores wait for each other for seconds.
        const alone = { ...shape, threads: 1 };
        const exact = await logitsOf(fileOf(`exact-${type}`), false, {
          ...alone,
          kvTypeKey: 'f32',
          kvTypeValue: 'f32',
        });
        const errorsOf = (rows: Float32Array[]) => rows.map((row, index) => distance(exact[index] ?? row, row));
        const ours = errorsOf(await logitsOf(fileOf(type), true, shape));
        const theirs = errorsOf(await logitsOf(fileOf(type), false, alone));
        expect(ours).toHaveLength(exact.length);
        expect(mean(ours)).toBeLessThan(1.1 * mean(theirs));
        // No row stands out: a wrong one would differ from the exact one by as much as it is long.
        expect(Math.max(...ours)).toBeLessThan(0.1);
      });
    }
  }

  it('give the same numbers whatever else is in the step', async () => {
    const shape = { unifiedKv: false, threads: 2 };
    const [once, again] = [await logitsOf(fileOf('Q4_0'), true, shape), await logitsOf(fileOf('Q4_0'), true, shape)];
    expect(again).toEqual(once);
  });
});

describe('buildKernels', { timeout: PATIENCE_MS }, () => {
  it('says why it could not, and leaves nothing behind', async () => {
    const cache = mkdtempSync(path.join(tmpdir(), 'slipway-kernels-'));
    const build = await buildKernels('/nonexistent', cache);
    expect(build).toHaveProperty('reason');
    expect(readdirSync(cache)).toEqual([]);
    const file = path.join(cache, 'file');
    writeFileSync(file, '');
    expect(await buildKernels(openLlama().libraryDir, path.join(file, 'below'))).toHaveProperty('reason');
    rmSync(cache, { recursive: true });
  });
});

describe('suitsKernels', () => {
  it('takes models whose layers are all in a type with kernels', () => {
    expect(TYPES.filter((type) => !suitsKernels(fileOf(type)))).toEqual([]);
    expect(suitsKernels(BASE)).toBe(false);
  });
});
