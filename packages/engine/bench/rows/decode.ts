import { type BatchedBenchResult, runBatchedBench } from '../anchors/batched-bench.ts';
import { type BenchContext, has, type RowGroup } from '../bench-context.ts';
import { runDecode } from '../processes/run-decode.ts';
import { type BenchRow, benchRow, currentLoad } from '../report/bench-row.ts';
import { median } from '../report/stats.ts';

const PROMPT_TOKENS = 32;
const BATCHES = [
  { users: 1, goal: 0.95 },
  { users: 4, goal: 0.95 },
  { users: 8, goal: 0.95 },
  { users: 16, goal: 0.95 },
];

/** DECODE is W3: short prompts, long answers, by batch size, against the faster of llama.cpp's two KV layouts. */
export const DECODE: RowGroup = {
  anchors: ['batchedBench'],
  async measure(ctx) {
    const rows: BenchRow[] = [];
    for (const batch of BATCHES) rows.push(await measureBatch(ctx, batch));
    return rows;
  },
};

async function measureBatch(ctx: BenchContext, { users, goal }: (typeof BATCHES)[number]): Promise<BenchRow> {
  const outputTokens = ctx.isQuick ? 16 : 256;
  const { modelPath, threads } = ctx;
  const spec = { modelPath, threads, users, promptTokens: PROMPT_TOKENS, outputTokens };
  const loadBefore = currentLoad();
  const split: BatchedBenchResult[] = [];
  const unified: BatchedBenchResult[] = [];
  const ours: Awaited<ReturnType<typeof runDecode>>[] = [];
  const { batchedBench } = ctx.anchors.paths;
  for (let run = 0; run < ctx.runs; run += 1) {
    if (has(ctx, 'batchedBench')) {
      split.push(await runBatchedBench(batchedBench, { ...spec, isUnified: false }));
      unified.push(await runBatchedBench(batchedBench, { ...spec, isUnified: true }));
    }
    ours.push(await runDecode(spec));
  }
  const decodeOf = (results: readonly BatchedBenchResult[]) => results.map((result) => result.decode);
  const isUnifiedBest = median(decodeOf(unified)) > median(decodeOf(split));
  const best = isUnifiedBest ? unified : split;
  return benchRow({
    workload: `W3 decode, ${users} at once, ${PROMPT_TOKENS} in, ${outputTokens} out`,
    unit: 'tok/s',
    ours: ours.map((result) => result.decodeTokensPerSecond),
    anchor: decodeOf(best),
    anchorName: `llama-batched-bench -fa on${isUnifiedBest ? ' -kvu' : ''}`,
    goal: { of: 'ratio', atLeast: goal },
    cpuSeconds: {
      ours: median(ours.map((result) => result.cpuSeconds)),
      anchor: best.length === 0 ? null : median(best.map((result) => result.cpuSeconds)),
    },
    loadBefore,
    ...(best.length === 0 ? {} : { note: noteOf(median(decodeOf(split)), median(decodeOf(unified))) }),
  });
}

function noteOf(split: number, unified: number): string {
  return `llama.cpp with a KV buffer for each: ${split.toFixed(1)} tok/s, with one for all: ${unified.toFixed(1)} tok/s`;
}
