import type { OutputOf } from '@slipway/domain/kernel';
import type { rolloutContract } from '@slipway/domain/rollout';
import { formatCount, formatMilliseconds, formatNumber, formatPercent } from '@slipway/ui';

/** Rollout is a canary beside its stable revision. */
export type Rollout = NonNullable<OutputOf<typeof rolloutContract.getRollout>['rollout']>;
/** RevisionStats is what one revision's traffic was since the rollout began. */
export type RevisionStats = Rollout['stable']['stats'];

/** ComparisonRow is one number of both revisions with what the difference means for the canary. */
export interface ComparisonRow {
  id: string;
  label: string;
  stable: string;
  canary: string;
  /** verdict is null where a difference says nothing (counts) or too little was seen. */
  verdict: 'better' | 'worse' | 'same' | null;
  difference: string;
}

/** MIN_REQUESTS: with fewer requests on a side, one slow answer decides a percentile, so nothing is concluded. */
export const MIN_REQUESTS = 20;
// A smaller difference than this moves from minute to minute.
const SAME_SHARE = 0.05;

interface Measure {
  id: string;
  label: string;
  pick(stats: RevisionStats): number | null;
  format(value: number | null): string;
  /** better says which direction is good; null for a plain count. */
  better: 'lower' | 'higher' | null;
}

const count = (value: number | null) => (value === null ? '–' : formatCount(value));
const rate = (value: number | null) => (value === null ? '–' : formatNumber(value, 1));
const MEASURES: readonly Measure[] = [
  { id: 'requests', label: 'Requests', pick: (s) => s.requests, format: count, better: null },
  { id: 'errors', label: 'Errors', pick: (s) => s.errors, format: count, better: null },
  { id: 'errorRate', label: 'Error rate', pick: (s) => s.errorRate, format: formatPercent, better: 'lower' },
  { id: 'ttftP50', label: 'TTFT p50', pick: (s) => s.ttftP50Ms, format: formatMilliseconds, better: 'lower' },
  { id: 'ttftP95', label: 'TTFT p95', pick: (s) => s.ttftP95Ms, format: formatMilliseconds, better: 'lower' },
  { id: 'latencyP50', label: 'Latency p50', pick: (s) => s.latencyP50Ms, format: formatMilliseconds, better: 'lower' },
  { id: 'latencyP95', label: 'Latency p95', pick: (s) => s.latencyP95Ms, format: formatMilliseconds, better: 'lower' },
  { id: 'rate', label: 'Tokens per second', pick: (s) => s.tokensPerSecond, format: rate, better: 'higher' },
  { id: 'tokens', label: 'Completion tokens', pick: (s) => s.completionTokens, format: count, better: null },
];

/** compareRevisions lists what both revisions did, side by side. */
export function compareRevisions(stable: RevisionStats, canary: RevisionStats): ComparisonRow[] {
  const isEnough = hasEnoughData(stable, canary);
  return MEASURES.map(({ id, label, pick, format, better }) => {
    const before = pick(stable);
    const after = pick(canary);
    const verdict = better === null || !isEnough ? null : judge(before, after, better);
    return {
      id,
      label,
      stable: format(before),
      canary: format(after),
      verdict,
      difference: better === null ? '' : differenceOf(before, after),
    };
  });
}

/** hasEnoughData says whether both sides had the requests that a comparison needs. */
export function hasEnoughData(stable: RevisionStats, canary: RevisionStats): boolean {
  return Math.min(stable.requests, canary.requests) >= MIN_REQUESTS;
}

/** comparisonSentence says in words what the numbers mean; not enough data is not a pass. */
export function comparisonSentence(
  stable: RevisionStats,
  canary: RevisionStats,
): {
  tone: 'info' | 'success' | 'warning';
  text: string;
} {
  if (!hasEnoughData(stable, canary)) {
    const missing = [
      canary.requests < MIN_REQUESTS ? `the canary has ${canary.requests}` : '',
      stable.requests < MIN_REQUESTS ? `stable has ${stable.requests}` : '',
    ].filter(Boolean);
    return {
      tone: 'info',
      text: `Not enough data yet: a comparison needs ${MIN_REQUESTS} requests on each side, ${missing.join(' and ')}.`,
    };
  }
  const worse = compareRevisions(stable, canary).filter((row) => row.verdict === 'worse');
  if (worse.length === 0) return { tone: 'success', text: 'The canary is nowhere worse than stable.' };
  const words = worse.map((row) => `${row.label} ${row.difference}`.trim());
  return { tone: 'warning', text: `The canary is worse: ${words.join(', ')}.` };
}

function judge(before: number | null, after: number | null, better: 'lower' | 'higher'): ComparisonRow['verdict'] {
  if (before === null || after === null) return null;
  const scale = Math.max(Math.abs(before), Math.abs(after));
  if (scale === 0 || Math.abs(after - before) / scale < SAME_SHARE) return 'same';
  return after < before === (better === 'lower') ? 'better' : 'worse';
}

function differenceOf(before: number | null, after: number | null): string {
  if (before === null || after === null) return '';
  if (before === 0) return after === 0 ? '±0 %' : `from 0`;
  const change = ((after - before) / before) * 100;
  const rounded = Math.round(change);
  return rounded === 0 ? '±0 %' : `${rounded > 0 ? '+' : '−'}${Math.abs(rounded)} %`;
}
