import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LlamaModel } from '../llama/index.ts';
import { FILE_TYPES } from './file-types.ts';
import { fileTypeNames, fileTypeOf, quantise } from './index.ts';

const tinyBase = path.join(import.meta.dirname, '../../tiny-base/slipway-tiny.gguf');
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'slipway-quantise-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function inspect(file: string) {
  const model = await LlamaModel.load({ path: file });
  const { fileType, parameterCount } = model.info;
  const template = model.chatTemplate();
  model.free();
  return { fileType: fileTypeOf(fileType), parameterCount, template };
}

describe('quantise', () => {
  it('makes a smaller file of the same model, and back again', async () => {
    const original = await inspect(tinyBase);
    const small = path.join(dir, 'small.gguf');
    const back = path.join(dir, 'back.gguf');
    const q8 = await quantise({ inputPath: tinyBase, outputPath: small, fileType: 'Q8_0', threads: 1 });
    const f32 = await quantise({ inputPath: small, outputPath: back, fileType: 'F32', threads: 1 });
    expect(q8.sizeBytes).toBeLessThan(0.4 * f32.sizeBytes);
    expect(await inspect(small)).toEqual({ ...original, fileType: 'Q8_0' });
    expect(await inspect(back)).toEqual({ ...original, fileType: 'F32' });
  });

  it('leaves nothing behind when the input is no model', async () => {
    const options = { inputPath: import.meta.filename, outputPath: path.join(dir, 'out.gguf'), threads: 1 };
    await expect(quantise({ ...options, fileType: 'Q8_0' })).rejects.toThrow(/invalid magic/);
    expect(readdirSync(dir)).toEqual([]);
  });
});

it('every file type has a number of its own', () => {
  expect(new Set(Object.values(FILE_TYPES)).size).toBe(fileTypeNames.length);
});
