import { invalidInput } from '../kernel/errors.ts';
import type { COST_GROUPINGS } from './contract.ts';
import { toCsv } from './csv.ts';
import { CURRENCY, formatPicos, picosToMicros } from './money.ts';

/** CostGrouping is a way to look at cost. */
export type CostGrouping = (typeof COST_GROUPINGS)[number];

/** LedgerSum is what both ledgers add up to for one group on one day. */
export interface LedgerSum {
  key: string;
  /** day is YYYY-MM-DD in UTC. */
  day: string;
  slotPicos: bigint;
  tokenPicos: bigint;
  slotMillis: bigint;
  requests: number;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
}

/** DaySpan is days from 00:00 UTC on, until exclusive, with the span of the same length before it. */
export interface DaySpan {
  from: Date;
  until: Date;
  previousFrom: Date;
}

const DAY_MS = 86_400_000;
// Two leap years: enough to compare a year with the one before, and a bound for what one answer can hold.
const MAX_DAYS = 732;

/** daySpan reads two days, both included. Throws when they are the wrong way round or too far apart. */
export function daySpan(from: string, to: string): DaySpan {
  const start = Date.parse(`${from}T00:00:00Z`);
  const end = Date.parse(`${to}T00:00:00Z`) + DAY_MS;
  if (end <= start) throw invalidInput('The last day lies before the first.', 'to');
  if (end - start > MAX_DAYS * DAY_MS) throw invalidInput(`Choose at most ${MAX_DAYS} days.`, 'to');
  return { from: new Date(start), until: new Date(end), previousFrom: new Date(2 * start - end) };
}

const LABELS: Partial<Record<CostGrouping, Record<string, string>>> = {
  kind: { tokens: 'Tokens', serving: 'Serving slots', training: 'Training slots' },
  endpoint: { training: 'Training runs' },
  modelVersion: { none: 'No model version' },
};

/** labelOf is how a group is called in words. */
export function labelOf(groupBy: CostGrouping, key: string): string {
  return LABELS[groupBy]?.[key] ?? key;
}

/** CostRow is one group of a report. */
export interface CostRow {
  key: string;
  label: string;
  totalMicros: number;
  slotMicros: number;
  tokenMicros: number;
  slotSeconds: number;
  requests: number;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
}

/** costRows adds up days to one row for each group, dearest first, days in their order. Sums are exact; only what is shown is rounded. */
export function costRows(sums: readonly LedgerSum[], groupBy: CostGrouping): CostRow[] {
  const groups = new Map<string, LedgerSum>();
  for (const sum of sums) {
    const group = groups.get(sum.key);
    groups.set(sum.key, group === undefined ? sum : addSums(group, sum));
  }
  const sorted = [...groups.values()].sort((a, b) =>
    groupBy === 'day' ? compare(a.key, b.key) : compare(totalPicos(b), totalPicos(a)) || compare(a.key, b.key),
  );
  return sorted.map((group) => ({
    key: group.key,
    label: labelOf(groupBy, group.key),
    totalMicros: picosToMicros(totalPicos(group)),
    slotMicros: picosToMicros(group.slotPicos),
    tokenMicros: picosToMicros(group.tokenPicos),
    slotSeconds: Number(group.slotMillis) / 1_000,
    requests: group.requests,
    promptTokens: group.promptTokens,
    cachedTokens: group.cachedTokens,
    completionTokens: group.completionTokens,
  }));
}

/** CostPoint is what one group cost on one day. */
export interface CostPoint {
  day: string;
  key: string;
  label: string;
  totalMicros: number;
}

/** costSeries is one point for each group and day with cost; by day there is one group, the total. */
export function costSeries(sums: readonly LedgerSum[], groupBy: CostGrouping): CostPoint[] {
  return sums.map((sum) => {
    const key = groupBy === 'day' ? 'total' : sum.key;
    const label = groupBy === 'day' ? 'Total' : labelOf(groupBy, sum.key);
    return { day: sum.day, key, label, totalMicros: picosToMicros(totalPicos(sum)) };
  });
}

/** totalPicos is slots and tokens together. */
export function totalPicos(sum: LedgerSum): bigint {
  return sum.slotPicos + sum.tokenPicos;
}

const CSV_HEADER = [
  'day',
  'group',
  'label',
  'slot_seconds',
  'slot_cost',
  'requests',
  'prompt_tokens',
  'cached_tokens',
  'completion_tokens',
  'token_cost',
  'total_cost',
  'currency',
];

/** costCsv writes one line for each group and day, with exact amounts. */
export function costCsv(sums: readonly LedgerSum[], groupBy: CostGrouping): string {
  const lines = sums.map((sum) => [
    sum.day,
    sum.key,
    labelOf(groupBy, sum.key),
    formatThousandths(sum.slotMillis),
    formatPicos(sum.slotPicos),
    String(sum.requests),
    String(sum.promptTokens),
    String(sum.cachedTokens),
    String(sum.completionTokens),
    formatPicos(sum.tokenPicos),
    formatPicos(totalPicos(sum)),
    CURRENCY,
  ]);
  return toCsv([CSV_HEADER, ...lines]);
}

function addSums(a: LedgerSum, b: LedgerSum): LedgerSum {
  return {
    key: a.key,
    day: a.day,
    slotPicos: a.slotPicos + b.slotPicos,
    tokenPicos: a.tokenPicos + b.tokenPicos,
    slotMillis: a.slotMillis + b.slotMillis,
    requests: a.requests + b.requests,
    promptTokens: a.promptTokens + b.promptTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    completionTokens: a.completionTokens + b.completionTokens,
  };
}

function formatThousandths(value: bigint): string {
  return `${value / 1_000n}.${(value % 1_000n).toString().padStart(3, '0')}`;
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
