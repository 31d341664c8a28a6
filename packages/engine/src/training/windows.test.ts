import { describe, expect, it } from 'vitest';
import { splitWindows } from './windows.ts';

const oneText = { tokenCount: 2570, documentStarts: [0], contextTokens: 256, validationFraction: 0.2, seed: 1 };
const conversations = { ...oneText, documentStarts: Array.from({ length: 26 }, (_, index) => index * 100) };

function all(input: typeof oneText) {
  const { train, validation } = splitWindows(input);
  return [...train, ...validation].sort((a, b) => a.start - b.start);
}

describe('splitWindows', () => {
  it.each([
    { name: 'one long text', input: oneText },
    { name: 'many short conversations', input: conversations },
    { name: 'documents of all sizes', input: { ...oneText, documentStarts: [0, 3, 700, 701, 1500, 1501, 1502, 2569] } },
  ])('counts every token of $name exactly once and never more than a context', ({ input }) => {
    const windows = all(input);
    expect(windows[0]?.start).toBe(0);
    expect(windows.at(-1)?.end).toBe(input.tokenCount);
    for (const [index, window] of windows.entries()) {
      expect(window.end - window.start).toBeGreaterThan(0);
      expect(window.end - window.start).toBeLessThanOrEqual(input.contextTokens + 1);
      if (index > 0) expect(window.start).toBe(windows[index - 1]?.end);
    }
  });

  it('starts every window with a document where documents fit into the context', () => {
    for (const { start } of all(conversations)) expect(start % 100).toBe(0);
  });

  it('splits the same way for the same seed and differently for another', () => {
    expect(splitWindows(oneText)).toEqual(splitWindows(oneText));
    const splits = [1, 2, 3, 4].map((seed) => JSON.stringify(splitWindows({ ...oneText, seed }).validation));
    expect(new Set(splits).size).toBeGreaterThan(1);
  });

  it('keeps at least one window on each side', () => {
    const { train, validation } = splitWindows({ ...oneText, tokenCount: 513, validationFraction: 0.01 });
    expect([train.length, validation.length]).toEqual([1, 1]);
  });

  it.each([
    { tokenCount: 511, validationFraction: 0.1, needs: 512 },
    { tokenCount: 255, validationFraction: 0, needs: 256 },
  ])('refuses $tokenCount tokens and says that $needs are needed', ({ tokenCount, validationFraction, needs }) => {
    expect(() => splitWindows({ ...oneText, tokenCount, validationFraction })).toThrow(`at least ${needs}`);
  });
});
