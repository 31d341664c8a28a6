import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';

/** BenchRow is one measured workload; `ratio` compares with the anchor, or else with the goal. */
export interface BenchRow {
  workload: string;
  ours: number;
  anchor: number | null;
  unit: string;
  ratio: number | null;
  goal: string;
}

/** printReport writes the table, losing rows included, and one JSON object as the last line. */
export function printReport(bench: string, rows: readonly BenchRow[]): void {
  const cells = rows.map((row) => [
    row.workload,
    format(row.ours),
    row.anchor === null ? '-' : format(row.anchor),
    row.unit,
    row.ratio === null ? '-' : row.ratio.toFixed(2),
    row.goal,
  ]);
  const table = [['workload', 'ours', 'anchor', 'unit', 'ratio', 'goal'], ...cells];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  for (const line of table) console.log(line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const [cpu] = cpus();
  const machine = { cpu: cpu?.model ?? 'unknown', cores: cpus().length, load: loadavg()[0] };
  console.log(JSON.stringify({ bench, machine, commit, rows }));
}

/** median of some numbers. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** quantile of some numbers, 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
