import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeUntrainedBert } from '../testing/untrained-bert.ts';
import { type ModelTask, modelTaskOf, readModelTask } from './model-task.ts';

const TINY = path.join(import.meta.dirname, '../../tiny-base/slipway-tiny.gguf');
const directory = mkdtempSync(path.join(tmpdir(), 'model-task-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('the task of a model', () => {
  const cases: Record<string, { architecture: string; poolingType: number | null; task: ModelTask['kind'] }> = {
    'a language model generates': { architecture: 'llama', poolingType: null, task: 'generation' },
    'one that says it does not pool generates too': { architecture: 'qwen3', poolingType: 0, task: 'generation' },
    'one that pools gives embeddings': { architecture: 'qwen3', poolingType: 3, task: 'embedding' },
    'an encoder gives embeddings even where it names no pooling': {
      architecture: 'nomic-bert',
      poolingType: null,
      task: 'embedding',
    },
    'an encoder with a vector for every token is refused': {
      architecture: 'modern-bert',
      poolingType: 0,
      task: 'unsupported',
    },
    'a reranker is refused': { architecture: 'bert', poolingType: 4, task: 'unsupported' },
    'a pooling of the future is refused': { architecture: 'bert', poolingType: 9, task: 'unsupported' },
  };
  test.each(Object.entries(cases))('%s', (_, { architecture, poolingType, task }) => {
    expect(modelTaskOf({ architecture, poolingType }).kind).toBe(task);
  });

  test('is read off the file, and left to the loader where the file is no GGUF', () => {
    const bert = path.join(directory, 'bert.gguf');
    writeUntrainedBert(bert, { poolingType: 2 });
    const text = path.join(directory, 'text.gguf');
    writeFileSync(text, 'GGUF');
    const lying = path.join(directory, 'lying.gguf');
    // Version 3, no tensors, one value whose key has 2^50 bytes.
    writeFileSync(
      lying,
      Buffer.concat([
        Buffer.from('GGUF'),
        Buffer.from(Uint32Array.of(3).buffer),
        Buffer.from(BigUint64Array.of(0n, 1n, 2n ** 50n).buffer),
      ]),
    );
    expect(readModelTask(bert)).toEqual({ kind: 'embedding', pooling: 'cls' });
    for (const file of [TINY, text, lying, path.join(directory, 'none.gguf')]) {
      expect(readModelTask(file)).toEqual({ kind: 'generation' });
    }
  });
});
