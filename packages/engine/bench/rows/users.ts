import path from 'node:path';
import { interleaved, type RowGroup } from '../bench-context.ts';
import { runDecode } from '../processes/run-decode.ts';
import { benchRow, currentLoad } from '../report/bench-row.ts';

const USERS = 16;

/** USERS_TOGETHER compares sixteen users served together with one at a time: what batching is worth. */
export const USERS_TOGETHER: RowGroup = {
  anchors: [],
  async measure(ctx) {
    const { modelPath, threads } = ctx;
    const spec = { modelPath, threads, promptTokens: 32, outputTokens: ctx.isQuick ? 16 : 256 };
    const loadBefore = currentLoad();
    const rate = async (users: number) => (await runDecode({ ...spec, users })).totalTokensPerSecond;
    const results = await interleaved(ctx.runs, { anchor: () => rate(1), ours: () => rate(USERS) });
    // A small model reads less memory for each token, so that more of its time can be shared.
    const isSmall = path.basename(modelPath).includes('smollm2');
    return [
      benchRow({
        workload: `${USERS} users together, prompts included`,
        unit: 'tok/s',
        ...results,
        anchorName: 'ours, one at a time',
        goal: { of: 'ratio', atLeast: isSmall ? 3 : 2.2 },
        loadBefore,
      }),
    ];
  },
};
