import { describe, expect, test } from 'vitest';
import { ScriptedRunner } from '../runner/scripted-runner.ts';
import { GREEDY } from '../sampling/parameters.ts';
import { Engine } from './engine.ts';

describe('adapters', () => {
  test('keep their own prefixes, and one that is not there is refused', async () => {
    const runner = new ScriptedRunner({ reply: (prompt) => prompt, adapters: ['polite', 'brief'] });
    const engine = new Engine({ runner, contextTokens: 256 });
    const ask = (prompt: string, adapter: string | null) =>
      engine.generate({
        promptTokens: Int32Array.from(Buffer.from(`${prompt}\u0003`)),
        sampling: GREEDY,
        maxTokens: 1,
        adapter,
      });
    const shared = 'x'.repeat(64);
    await ask(`${shared}a`, 'polite').finished;
    for (const [adapter, cachedTokens] of [
      ['brief', 0],
      [null, 0],
      ['polite', 64],
    ] as const) {
      expect((await ask(`${shared}b`, adapter).finished).cachedTokens).toBe(cachedTokens);
    }
    expect(() => ask('a', 'rude')).toThrow(expect.objectContaining({ kind: 'invalid' }));
    expect(runner.open.size).toBe(0);
  });
});
