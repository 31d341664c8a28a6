import { describe, expect, it } from 'vitest';
import { servedTask } from './served-task.ts';

describe('servedTask', () => {
  it.each([
    ['a language model writes text', { architecture: 'llama' }, 'generation'],
    ['one that says it does not pool writes text', { architecture: 'qwen3', poolingType: 0 }, 'generation'],
    ['one that pools gives vectors', { architecture: 'qwen3', poolingType: 3 }, 'embedding'],
    ['an encoder gives vectors', { architecture: 'bert', poolingType: null }, 'embedding'],
    ['a version that was not read yet counts as writing text', null, 'generation'],
  ] as const)('%s', (_sentence, metadata, task) => {
    expect(servedTask(metadata)).toBe(task);
  });
});
