import { loadavg } from 'node:os';
import { median } from './stats.ts';

/** Goal is what a row should reach: `ratio` says how many times better than the anchor, `ours` is the figure itself. */
export interface Goal {
  of: 'ratio' | 'ours';
  atLeast?: number;
  atMost?: number;
}

/** BenchRow is one measured workload; figures are medians of the runs that stand beside them. */
export interface BenchRow {
  workload: string;
  unit: string;
  ours: number;
  /** anchor is null where there is nothing to compare with. */
  anchor: number | null;
  anchorName: string | null;
  /** ratio says how many times better ours is: above 1 ours wins, for rates and for times alike. */
  ratio: number | null;
  goal: Goal | null;
  runs: { ours: number[]; anchor: number[] };
  cpuSeconds: { ours: number | null; anchor: number | null };
  /** loadBefore is the load average of the last minute when the row was begun. */
  loadBefore: number;
  /** note is what else is worth knowing of the anchor. */
  note: string | null;
}

/** RowInput is what a workload knows; the rest of a BenchRow follows from it. */
export interface RowInput {
  workload: string;
  unit: string;
  /** isLowerBetter of times and counts of what went wrong. */
  isLowerBetter?: boolean;
  ours: readonly number[];
  anchor?: readonly number[];
  anchorName?: string;
  goal?: Goal;
  cpuSeconds?: { ours: number | null; anchor: number | null };
  loadBefore: number;
  note?: string;
}

/** benchRow turns runs into a row of medians. */
export function benchRow(input: RowInput): BenchRow {
  const { ours, anchor = [] } = input;
  const oursMedian = median(ours);
  const anchorMedian = anchor.length === 0 ? null : median(anchor);
  return {
    workload: input.workload,
    unit: input.unit,
    ours: oursMedian,
    anchor: anchorMedian,
    anchorName: anchorMedian === null ? null : (input.anchorName ?? null),
    ratio:
      anchorMedian === null
        ? null
        : input.isLowerBetter === true
          ? anchorMedian / oursMedian
          : oursMedian / anchorMedian,
    goal: input.goal ?? null,
    runs: { ours: [...ours], anchor: [...anchor] },
    cpuSeconds: input.cpuSeconds ?? { ours: null, anchor: null },
    loadBefore: input.loadBefore,
    note: input.note ?? null,
  };
}

/** isMet says whether a row reaches its goal; null where it has none or nothing was measured. */
export function isMet({ goal, ours, ratio }: BenchRow): boolean | null {
  const value = goal?.of === 'ours' ? ours : ratio;
  if (goal === null || value === null || Number.isNaN(value)) return null;
  return value >= (goal.atLeast ?? -Infinity) && value <= (goal.atMost ?? Infinity);
}

/** describeGoal is a goal as the table shows it. */
export function describeGoal(goal: Goal | null): string {
  if (goal === null) return '-';
  const bound = goal.atLeast === undefined ? `<= ${goal.atMost}` : `>= ${goal.atLeast}`;
  return goal.of === 'ratio' ? `${bound}x` : bound;
}

/** currentLoad is the load average of the last minute. */
export function currentLoad(): number {
  return loadavg()[0] ?? Number.NaN;
}
