import { describe, expect, test } from 'vitest';
import { compareRevisions, comparisonSentence, type RevisionStats } from './compare-revisions.ts';

const stats = (change: Partial<RevisionStats> = {}): RevisionStats => ({
  requests: 100,
  errors: 0,
  errorRate: 0,
  ttftP50Ms: 100,
  ttftP95Ms: 200,
  latencyP50Ms: 1_000,
  latencyP95Ms: 2_000,
  tokensPerSecond: 50,
  completionTokens: 5_000,
  ...change,
});
const verdictOf = (id: string, stable: RevisionStats, canary: RevisionStats) =>
  compareRevisions(stable, canary).find((row) => row.id === id)?.verdict;

describe('a canary is judged number by number', () => {
  test.each([
    ['slower first token is worse', 'ttftP95', stats({ ttftP95Ms: 300 }), 'worse'],
    ['faster first token is better', 'ttftP95', stats({ ttftP95Ms: 100 }), 'better'],
    ['a small difference is the same', 'latencyP50', stats({ latencyP50Ms: 1_020 }), 'same'],
    ['more tokens a second is better', 'rate', stats({ tokensPerSecond: 80 }), 'better'],
    ['errors where there were none are worse', 'errorRate', stats({ errors: 5, errorRate: 0.05 }), 'worse'],
    ['a count says nothing', 'requests', stats({ requests: 500 }), null],
    ['what was not measured says nothing', 'ttftP50', stats({ ttftP50Ms: null }), null],
    ['too few requests say nothing', 'ttftP95', stats({ requests: 3, ttftP95Ms: 900 }), null],
  ])('%s', (_name, id, canary, expected) => {
    expect(verdictOf(id, stats(), canary)).toBe(expected);
  });
});

describe('the sentence above the numbers', () => {
  test('too little data is no pass', () => {
    expect(comparisonSentence(stats(), stats({ requests: 3 }))).toMatchObject({
      tone: 'info',
      text: expect.stringContaining('Not enough data'),
    });
  });
  test('names what is worse', () => {
    const { tone, text } = comparisonSentence(stats(), stats({ ttftP95Ms: 300 }));
    expect(tone).toBe('warning');
    expect(text).toContain('TTFT p95 +50 %');
  });
  test('passes a canary that is nowhere worse', () => {
    expect(comparisonSentence(stats(), stats({ tokensPerSecond: 80 })).tone).toBe('success');
  });
});
