import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_ANCHORS } from './anchors/paths.ts';
import { prepareAnchors } from './anchors/prepare-anchors.ts';
import type { BenchContext } from './bench-context.ts';
import { readIntoPageCache } from './models/page-cache.ts';
import { ensureRandomModel } from './models/random-model.ts';
import { type BenchRow, describeGoal, isMet } from './report/bench-row.ts';
import { report } from './report/report.ts';
import { ALL_ROWS } from './rows/all-rows.ts';
import { loadVocabulary } from './workloads/vocabulary.ts';

const { values: flags } = parseArgs({
  options: {
    // Default: a random model of Qwen2.5-0.5B's shape in Q4_0, written on first use.
    model: { type: 'string' },
    threads: { type: 'string', default: '2' },
    runs: { type: 'string', default: '5' },
    rows: { type: 'string', default: Object.keys(ALL_ROWS).join(',') },
    quick: { type: 'boolean', default: false },
    anchors: { type: 'string', default: DEFAULT_ANCHORS },
    // Where result files go; "none" writes none, and nor does --quick unless this is given.
    results: { type: 'string' },
    // Added to llama-server's command line, separated by spaces.
    'server-args': { type: 'string', default: '' },
  },
});

const groups = flags.rows.split(',').map((name) => {
  const group = ALL_ROWS[name];
  if (group === undefined) throw new Error(`There are no rows "${name}", only ${Object.keys(ALL_ROWS).join(', ')}`);
  return { name, group };
});
const modelPath = flags.model ?? path.join(flags.anchors, 'models', 'qwen05-q4_0.gguf');
if (flags.model === undefined) ensureRandomModel(modelPath, { shape: 'qwen05', type: 'q4_0', seed: 42 });
if (!existsSync(modelPath)) throw new Error(`There is no model at ${modelPath}`);
const anchors = await prepareAnchors(flags.anchors, new Set(groups.flatMap(({ group }) => group.anchors)));
await readIntoPageCache(modelPath);
const ctx: BenchContext = {
  modelPath,
  threads: Number(flags.threads),
  runs: Number(flags.runs),
  isQuick: flags.quick,
  anchors,
  llamaServerArgs: flags['server-args'].split(' ').filter((argument) => argument !== ''),
  vocabulary: await loadVocabulary(modelPath),
};
const rows: BenchRow[] = [];
for (const { name, group } of groups) {
  try {
    for (const row of await group.measure(ctx)) {
      rows.push(row);
      const mark = isMet(row) === false ? 'LOSES' : '';
      console.error(`${row.workload}: ${row.ours} (${row.anchor}) ${row.unit}, goal ${describeGoal(row.goal)} ${mark}`);
      if (row.note !== null) console.error(`  ${row.note}`);
    }
  } catch (error) {
    // The other rows are worth having all the same.
    console.error(`${name} failed:`, error);
    process.exitCode = 1;
  }
}
const directory = flags.results ?? (flags.quick ? 'none' : path.join(import.meta.dirname, 'results'));
report(
  {
    bench: 'engine',
    model: path.basename(modelPath),
    threads: ctx.threads,
    runs: ctx.runs,
    isQuick: ctx.isQuick,
    directory: directory === 'none' ? null : directory,
  },
  rows,
);
