import type { BenchContext, RowGroup } from '../bench-context.ts';
import { benchRow, currentLoad } from '../report/bench-row.ts';
import { median } from '../report/stats.ts';
import { loadRows, onFreshServers } from '../servers/compare-servers.ts';
import type { ServerUnderTest } from '../servers/server-under-test.ts';
import { Random } from '../workloads/distributions.ts';
import { arriving, runOpenLoop } from '../workloads/open-loop.ts';
import { randomPrompt } from '../workloads/random-prompt.ts';
import { MIXED_SIZES, mixedFigures, mixedRequests } from './mixed-lengths.ts';

const SEED = 43;
// vLLM's own benchmark uses the same burstiness.
const GAMMA_SHAPE = 0.25;
const SHARE_OF_SATURATION = 0.6;
const STEADY_USERS = 4;
const STEADY = { promptTokens: 32, outputTokens: 32 };
// Five of a hundred: less than what runs differ by.
const RECOVERED = 0.95;

/** BURSTS is W5: arrivals in bursts at a rate that can just be served, and whether a burst leaves the server slower. */
export const BURSTS: RowGroup = {
  anchors: ['llamaServer'],
  async measure(ctx) {
    const requests = mixedRequests(ctx, SEED);
    const saturated = await onFreshServers({ ...ctx, runs: 1 }, MIXED_SIZES, (server) =>
      runOpenLoop(
        server,
        arriving(requests, () => 0),
      ),
    );
    const seconds = median([...saturated.anchor, ...saturated.ours].map((result) => result.seconds));
    const perSecond = (SHARE_OF_SATURATION * requests.length) / seconds;
    const random = new Random(SEED);
    const timed = arriving(requests, () => random.gamma(GAMMA_SHAPE) / perSecond);
    const rows = await loadRows(ctx, {
      sizes: MIXED_SIZES,
      run: (server) => runOpenLoop(server, timed),
      figures: mixedFigures(`W5 bursts at ${SHARE_OF_SATURATION} of saturation`, false),
    });
    return [...rows, await recovery(ctx)];
  },
};

async function recovery(ctx: BenchContext) {
  const loadBefore = currentLoad();
  const results = await onFreshServers(ctx, MIXED_SIZES, async (server) => {
    const before = await steadyRate(ctx, server, 1);
    const burst = mixedRequests(ctx, SEED + 1);
    await Promise.all(burst.map((request) => server.complete(request)));
    return (await steadyRate(ctx, server, 2)) / before;
  });
  return benchRow({
    workload: 'W5 steady rate after a burst, of that before',
    unit: 'share',
    ours: results.ours,
    anchor: results.anchor,
    anchorName: 'llama-server',
    goal: { of: 'ours', atLeast: RECOVERED },
    loadBefore,
  });
}

/** steadyRate lets a few users ask one thing after the other for some time; tokens per second. */
async function steadyRate(ctx: BenchContext, server: ServerUnderTest, pass: number): Promise<number> {
  const windowMs = ctx.isQuick ? 1000 : 15_000;
  const startedMs = performance.now();
  let tokens = 0;
  const user = async (number: number) => {
    for (let turn = 0; performance.now() - startedMs < windowMs; turn += 1) {
      const seed = pass * 1_000_000 + number * 10_000 + turn;
      const prompt = randomPrompt(STEADY.promptTokens, ctx.vocabulary.vocabSize, seed);
      // Not `tokens += await`: that adds to what there was before the wait.
      const { completionTokens } = await server.complete({ prompt, maxTokens: STEADY.outputTokens });
      tokens += completionTokens;
    }
  };
  await Promise.all(Array.from({ length: STEADY_USERS }, (_, number) => user(number)));
  return (tokens * 1000) / (performance.now() - startedMs);
}
