import { describe, expect, test } from 'vitest';
import { DraftLength } from './draft-length.ts';
import { NgramDrafter } from './ngram-drafter.ts';

async function guess(text: string, maxTokens = 8): Promise<string> {
  const [draft] = await new NgramDrafter().draft([
    { sequence: 1, tokens: Int32Array.from(Buffer.from(text)), maxTokens },
  ]);
  return Buffer.from(draft ?? []).toString('utf8');
}

describe('NgramDrafter', () => {
  const cases: Record<string, { text: string; guess: string }> = {
    'what followed the same words before is the guess': { text: 'the quick brown fox. the qu', guess: 'ick brow' },
    'the last of several places counts': { text: 'ab1 ab2 ab', guess: '2 ab' },
    'a longer match goes before a later one': { text: 'xyzab! qqab? xyzab', guess: '! qqab? ' },
    'a repetition guesses itself': { text: 'lalala', guess: 'la' },
    'nothing known, nothing guessed': { text: 'abcdefgh', guess: '' },
    'one token alone is too little': { text: 'a1b2c3a', guess: '' },
    'an empty sequence has no guess': { text: '', guess: '' },
  };
  test.each(Object.entries(cases))('%s', async (_, example) => {
    expect(await guess(example.text)).toBe(example.guess);
  });

  test('a guess is no longer than asked for', async () => {
    expect(await guess('the quick brown fox. the qu', 3)).toBe('ick');
  });
});

describe('DraftLength', () => {
  test('guesses that are right grow, up to the longest', () => {
    const length = new DraftLength(8);
    const lengths = [1, 2, 3].map(() => {
      const next = length.next();
      length.observe(next, next);
      return next;
    });
    expect([...lengths, length.next()]).toEqual([3, 6, 8, 8]);
  });

  test('a guess that is partly right makes the next as long as what was right', () => {
    const length = new DraftLength(8);
    length.observe(6, 2);
    expect(length.next()).toBe(2);
  });

  test('guesses that fail make longer and longer pauses, so that text without repetition pays next to nothing', () => {
    const length = new DraftLength(8);
    let guesses = 0;
    for (let step = 0; step < 1000; step += 1) {
      const next = length.next();
      if (next > 0) guesses += 1;
      length.observe(next, 0);
    }
    expect(guesses).toBeLessThan(25);
  });
});
