import type { RowGroup } from '../bench-context.ts';
import { loadRows } from '../servers/compare-servers.ts';
import { measureLoad } from '../workloads/open-loop.ts';
import { randomPrompt } from '../workloads/random-prompt.ts';

const FULL = { branches: 4, trunkTokens: 1024, ownTokens: 128, outputTokens: 64 };
const QUICK = { branches: 4, trunkTokens: 128, ownTokens: 16, outputTokens: 8 };

/** FAN_OUT is W8: an agent asks several questions about one long text in the same instant, and nothing of it is cached. */
export const FAN_OUT: RowGroup = {
  anchors: ['llamaServer'],
  async measure(ctx) {
    const { branches, trunkTokens, ownTokens, outputTokens } = ctx.isQuick ? QUICK : FULL;
    const { vocabSize } = ctx.vocabulary;
    const trunk = randomPrompt(trunkTokens, vocabSize, 3000);
    const requests = Array.from({ length: branches }, (_, branch) => ({
      prompt: [...trunk, ...randomPrompt(ownTokens, vocabSize, 3001 + branch)],
      maxTokens: outputTokens,
    }));
    const name = `W8 fan-out of ${branches}, trunk ${trunkTokens}, ${ownTokens} in, ${outputTokens} out`;
    return loadRows(ctx, {
      sizes: { contextTokens: trunkTokens + ownTokens + outputTokens + 64, maxSequences: branches },
      run: (server) => measureLoad(server, () => Promise.all(requests.map((request) => server.complete(request)))),
      figures: [
        {
          workload: `${name}: total`,
          unit: 's',
          isLowerBetter: true,
          pick: (result) => result.seconds,
          goal: { of: 'ratio', atLeast: 2.5 },
        },
        { workload: `${name}: first token p50`, unit: 'ms', isLowerBetter: true, pick: (result) => result.ttftP50Ms },
      ],
    });
  },
};
