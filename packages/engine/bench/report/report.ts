import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BenchRow, describeGoal, isMet } from './bench-row.ts';
import { cpuSlug, describeMachine, type Machine } from './machine.ts';

/** ReportOptions say what was measured and where its files go. */
export interface ReportOptions {
  bench: string;
  model: string;
  threads: number;
  runs: number;
  isQuick: boolean;
  /** directory for the result files; null writes none. */
  directory: string | null;
}

const HEAD = ['workload', 'ours', 'anchor', 'ratio', 'goal', '', 'unit', 'against', 'load'];

/** report prints the table, losing rows marked, and one JSON line; it writes both to `directory`. */
export function report(options: ReportOptions, rows: readonly BenchRow[]): void {
  const { directory, ...settings } = options;
  const machine = describeMachine();
  const lines = rows.map(cellsOf);
  console.log(alignedTable([HEAD, ...lines]));
  const losses = rows.filter((row) => isMet(row) === false);
  console.log(`${rows.length} rows, ${losses.length} short of their goal`);
  const result: Result = { ...settings, machine, rows };
  console.log(JSON.stringify(result));
  if (directory === null) return;
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, `${path.basename(options.model, '.gguf')}-${cpuSlug(machine)}`);
  const all = { ...result, rows: withEarlier(`${file}.json`, result) };
  writeFileSync(`${file}.json`, `${JSON.stringify(all, null, 1)}\n`);
  const about = [
    `# ${options.model}`,
    `${machine.cpu}, ${machine.cores} cores (${machine.cpuFlags.join(' ')}), ${machine.memoryGiB} GiB, ` +
      `Node ${machine.node}, llama.cpp ${machine.llama}, commit ${machine.commit}, ` +
      `${options.threads} threads, medians of interleaved runs${options.isQuick ? ', quick sizes' : ''}.`,
    markdownTable([HEAD, ...all.rows.map(cellsOf)]),
  ];
  writeFileSync(`${file}.md`, `${about.join('\n\n')}\n`);
  console.error(`Written to ${file}.json and .md`);
}

interface Result extends Omit<ReportOptions, 'directory'> {
  machine: Machine;
  rows: readonly BenchRow[];
}

// A whole bench takes long and may be run in parts: rows of the same code and settings that were not measured again stay.
function withEarlier(file: string, result: Result): readonly BenchRow[] {
  if (!existsSync(file)) return result.rows;
  const earlier: Result = JSON.parse(readFileSync(file, 'utf8'));
  // How often a row was measured shows in its own runs.
  const settingsOf = ({ rows: _rows, runs: _runs, ...settings }: Result) => JSON.stringify(settings);
  if (settingsOf(earlier) !== settingsOf(result)) return result.rows;
  const measured = new Set(result.rows.map((row) => row.workload));
  return [...earlier.rows.filter((row) => !measured.has(row.workload)), ...result.rows];
}

function cellsOf(row: BenchRow): string[] {
  const met = isMet(row);
  return [
    row.workload,
    format(row.ours),
    row.anchor === null ? '-' : format(row.anchor),
    row.ratio === null ? '-' : row.ratio.toFixed(2),
    describeGoal(row.goal),
    met === null ? '' : met ? 'ok' : 'LOSES',
    row.unit,
    row.anchorName ?? '-',
    row.loadBefore.toFixed(1),
  ];
}

function alignedTable(lines: readonly string[][]): string {
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}

function markdownTable([head = [], ...lines]: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n');
}

function format(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
