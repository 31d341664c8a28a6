import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LlamaModel, TokenBatch } from '../../src/llama/index.ts';
import { quantise } from '../../src/quantise/index.ts';
import { argMax } from '../../src/sampling/arg-max.ts';

/** Exactness is how near logits come to those of the same weights without any rounding of activations. */
export interface Exactness {
  positions: number;
  /** sameTop is how many positions have the same most likely token, error the mean distance of logits relative to their length. */
  ours: { sameTop: number; error: number };
  ggml: { sameTop: number; error: number };
}

const BATCH_TOKENS = 512;

/** exactness computes texts with our kernels, with ggml's, and with F32 weights and F32 activations. */
export async function exactness(input: { modelPath: string; threads: number; texts: number[][] }): Promise<Exactness> {
  const directory = mkdtempSync(path.join(tmpdir(), 'slipway-exact-'));
  try {
    const exactPath = path.join(directory, 'exact.gguf');
    await quantise({ inputPath: input.modelPath, outputPath: exactPath, fileType: 'F32', threads: input.threads });
    const exact = await logitsOf({ ...input, modelPath: exactPath, kernels: false });
    const compare = async (kernels: boolean) => {
      const rows = await logitsOf({ ...input, kernels });
      const isSame = (row: Float32Array, index: number) => argMax(row) === argMax(exact[index] ?? row);
      const errors = rows.map((row, index) => distance(row, exact[index] ?? row));
      return {
        sameTop: rows.filter(isSame).length,
        error: errors.reduce((sum, error) => sum + error, 0) / rows.length,
      };
    };
    return { positions: exact.length, ours: await compare(true), ggml: await compare(false) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function logitsOf(input: {
  modelPath: string;
  threads: number;
  texts: number[][];
  kernels: boolean;
}): Promise<Float32Array[]> {
  const { modelPath, threads, texts, kernels } = input;
  const model = await LlamaModel.load({ path: modelPath, kernels });
  if (model.usesKernels !== kernels) throw new Error(`Our kernels cannot compute ${modelPath} on this machine`);
  const contextTokens = Math.max(...texts.map((text) => text.length));
  const context = model.createContext({ contextTokens, batchTokens: BATCH_TOKENS, threads, flashAttention: 'on' });
  const batch = new TokenBatch(BATCH_TOKENS);
  const rows: Float32Array[] = [];
  for (const text of texts) {
    context.clear();
    for (let from = 0; from < text.length; from += BATCH_TOKENS) {
      batch.clear();
      const part = text.slice(from, from + BATCH_TOKENS);
      for (const [offset, token] of part.entries()) batch.add(token, from + offset, 0, true);
      if (context.decodeSync(batch) !== 'ok') throw new Error('The text could not be computed');
      for (const index of part.keys()) rows.push(context.logits(index).slice());
    }
  }
  batch.free();
  context.free();
  model.free();
  return rows;
}

function distance(row: Float32Array, exact: Float32Array): number {
  let squares = 0;
  let length = 0;
  for (let index = 0; index < row.length; index += 1) {
    squares += ((row[index] ?? 0) - (exact[index] ?? 0)) ** 2;
    length += (exact[index] ?? 0) ** 2;
  }
  return Math.sqrt(squares / length);
}
