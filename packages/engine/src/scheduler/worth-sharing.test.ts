import { expect, test } from 'vitest';
import { worthSharing } from './worth-sharing.ts';

const OPTIONS = { blockTokens: 16, prefillRows: { rows: 64, fromRows: 32, fromPrefix: 512 } };

const CASES: Record<string, { knownTokens: number; foundBlocks: number; worth: number }> = {
  'a rest that is slow takes some of the prefix along': { knownTokens: 1056, foundBlocks: 64, worth: 62 },
  'a rest just below the size takes one block': { knownTokens: 1087, foundBlocks: 64, worth: 63 },
  'a large rest takes nothing along': { knownTokens: 1088, foundBlocks: 64, worth: 64 },
  'a small rest is fast as it is': { knownTokens: 1030, foundBlocks: 64, worth: 64 },
  'behind a short prefix nothing is slow': { knownTokens: 288, foundBlocks: 16, worth: 16 },
  'nothing found, nothing to take': { knownTokens: 40, foundBlocks: 0, worth: 0 },
};

test.each(Object.entries(CASES))('%s', (_, { worth, ...prompt }) => {
  expect(worthSharing(prompt, OPTIONS)).toBe(worth);
});

test('a runner without slow rests shares all there is', () => {
  const prefillRows = { rows: 0, fromRows: 0, fromPrefix: 0 };
  expect(worthSharing({ knownTokens: 1056, foundBlocks: 64 }, { blockTokens: 16, prefillRows })).toBe(64);
});
