import { once } from 'node:events';
import path from 'node:path';
import { runBatchedBench } from '../anchors/batched-bench.ts';
import { type BenchContext, has, type RowGroup } from '../bench-context.ts';
import { startChild } from '../processes/child.ts';
import { runDecode } from '../processes/run-decode.ts';
import { type BenchRow, benchRow, currentLoad } from '../report/bench-row.ts';

const BUSY = path.join(import.meta.dirname, '../processes/busy.ts');
const BUSY_THREADS = 2;
// The neighbour ends by itself, also when this process is killed.
const BUSY_SECONDS = 300;

/** BUSY_NEIGHBOUR is what is left of the speed beside a process that keeps two cores busy; llama.cpp's own figure stands below. */
export const BUSY_NEIGHBOUR: RowGroup = {
  anchors: ['batchedBench'],
  async measure(ctx) {
    const { modelPath, threads } = ctx;
    const spec = { modelPath, threads, users: 1, promptTokens: 32 };
    const ours = async () => (await runDecode({ ...spec, outputTokens: ctx.isQuick ? 16 : 128 })).decodeTokensPerSecond;
    // It falls to about a token per second there, so it is not asked for many.
    const llama = { ...spec, outputTokens: ctx.isQuick ? 4 : 32, isUnified: false };
    const anchor = async () => (await runBatchedBench(ctx.anchors.paths.batchedBench, llama)).decode;
    return [
      await quietAndBusy(ctx, { name: 'ours', goal: 0.4, measure: ours }),
      ...(has(ctx, 'batchedBench')
        ? [await quietAndBusy(ctx, { name: 'llama-batched-bench', goal: null, measure: anchor })]
        : []),
    ];
  },
};

async function quietAndBusy(
  ctx: BenchContext,
  { name, goal, measure }: { name: string; goal: number | null; measure: () => Promise<number> },
): Promise<BenchRow> {
  const loadBefore = currentLoad();
  const quiet: number[] = [];
  const busy: number[] = [];
  for (let run = 0; run < ctx.runs; run += 1) {
    quiet.push(await measure());
    busy.push(await besideNeighbour(measure));
  }
  return benchRow({
    workload: `${name}, one user, beside a ${BUSY_THREADS}-thread busy process`,
    unit: 'tok/s',
    ours: busy,
    anchor: quiet,
    anchorName: `${name}, quiet`,
    ...(goal === null ? {} : { goal: { of: 'ratio', atLeast: goal } as const }),
    loadBefore,
  });
}

async function besideNeighbour(measure: () => Promise<number>): Promise<number> {
  const neighbour = startChild(process.execPath, [BUSY, String(BUSY_THREADS), String(BUSY_SECONDS)]);
  try {
    if (neighbour.process.stdout) await once(neighbour.process.stdout, 'data');
    return await measure();
  } finally {
    await neighbour.stop();
  }
}
