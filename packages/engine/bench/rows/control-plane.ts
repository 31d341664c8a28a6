import { Engine, GREEDY } from '../../src/index.ts';
import type { RowGroup } from '../bench-context.ts';
import { benchRow, currentLoad } from '../report/bench-row.ts';
import { quantile } from '../report/stats.ts';
import { NullRunner } from './null-runner.ts';

const SEQUENCES = 64;
// Requests arrive and prompts are computed in the first steps.
const WARM_UP_STEPS = 200;

/** CONTROL_PLANE is what our TypeScript costs between two steps when computing costs nothing. */
export const CONTROL_PLANE: RowGroup = {
  anchors: [],
  async measure(ctx) {
    const loadBefore = currentLoad();
    // The first pass is compiled while it runs.
    await stepTimes();
    const p50: number[] = [];
    const p99: number[] = [];
    for (let run = 0; run < ctx.runs; run += 1) {
      const times = await stepTimes();
      p50.push(quantile(times, 0.5));
      p99.push(quantile(times, 0.99));
    }
    const common = { unit: 'ms/step', isLowerBetter: true, loadBefore };
    return [
      benchRow({ ...common, workload: `control plane, ${SEQUENCES} sequences, p50`, ours: p50 }),
      benchRow({
        ...common,
        workload: `control plane, ${SEQUENCES} sequences, p99`,
        ours: p99,
        goal: { of: 'ours', atMost: 0.15 },
      }),
    ];
  },
};

async function stepTimes(): Promise<number[]> {
  const runner = new NullRunner();
  const engine = new Engine({ runner, contextTokens: 1024 });
  await Promise.all(
    Array.from({ length: SEQUENCES }, async (_, user) => {
      const promptTokens = Int32Array.from({ length: 64 }, (_token, index) => 300 + ((index * 7 + user * 131) % 200));
      const request = { promptTokens, maxTokens: 900, sampling: GREEDY, ignoreEndOfGeneration: true };
      for await (const _chunk of engine.generate(request));
    }),
  );
  return runner.betweenStepsMs.slice(WARM_UP_STEPS);
}
