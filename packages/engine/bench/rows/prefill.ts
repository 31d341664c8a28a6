import { runBatchedBench } from '../anchors/batched-bench.ts';
import { has, interleaved, type RowGroup } from '../bench-context.ts';
import { runDecode } from '../processes/run-decode.ts';
import { benchRow, currentLoad } from '../report/bench-row.ts';

/** PREFILL is how fast one long prompt is read. */
export const PREFILL: RowGroup = {
  anchors: ['batchedBench'],
  async measure(ctx) {
    const { modelPath, threads } = ctx;
    const spec = { modelPath, threads, users: 1, promptTokens: ctx.isQuick ? 128 : 512, outputTokens: 2 };
    const loadBefore = currentLoad();
    const { batchedBench } = ctx.anchors.paths;
    const results = await interleaved(ctx.runs, {
      anchor: has(ctx, 'batchedBench')
        ? async () => (await runBatchedBench(batchedBench, { ...spec, isUnified: false })).prefill
        : null,
      ours: async () => (await runDecode(spec)).prefillTokensPerSecond,
    });
    return [
      benchRow({
        workload: `prefill ${spec.promptTokens}`,
        unit: 'tok/s',
        ...results,
        anchorName: 'llama-batched-bench -fa on',
        goal: { of: 'ratio', atLeast: 1.5 },
        loadBefore,
      }),
    ];
  },
};
