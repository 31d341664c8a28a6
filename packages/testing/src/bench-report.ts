import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

/** BenchRow compares ours with an anchor measured in the same run; null means that there is none. */
export interface BenchRow {
  workload: string;
  ours: number;
  anchor: number | null;
  unit: string;
  /** goal is the bound in words, for example `<= 5` or `>= 2.2x`. */
  goal: string;
}

/** reportBench prints a table of all rows, losing ones included, and as the last line one JSON object. */
export function reportBench(bench: string, rows: readonly BenchRow[]): void {
  const withRatio = rows.map((row) => ({
    ...row,
    ratio: row.anchor === null || row.anchor === 0 ? null : round(row.ours / row.anchor),
  }));
  console.table(Object.fromEntries(withRatio.map(({ workload, ...rest }) => [workload, rest])));
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    load: round(loadavg()[0] ?? 0),
    node: process.version,
  };
  console.log(JSON.stringify({ bench, machine, commit: commit(), rows: withRatio }));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
    }).trim();
  } catch {
    return 'unknown';
  }
}
