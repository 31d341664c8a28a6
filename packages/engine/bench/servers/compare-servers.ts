import { type BenchContext, has, interleaved } from '../bench-context.ts';
import { type BenchRow, benchRow, currentLoad, type Goal } from '../report/bench-row.ts';
import { median } from '../report/stats.ts';
import type { LoadResult } from '../workloads/open-loop.ts';
import { randomPrompt } from '../workloads/random-prompt.ts';
import { startEngine } from './engine-server.ts';
import { startLlamaServer } from './llama-server.ts';
import type { ServerUnderTest } from './server-under-test.ts';

/** Sizes say what a workload needs of a server. */
export interface Sizes {
  contextTokens: number;
  maxSequences: number;
}

/** LoadFigure picks one row out of the results of a load. */
export interface LoadFigure {
  workload: string;
  unit: string;
  isLowerBetter?: boolean;
  pick: (result: LoadResult) => number;
  goal?: Goal;
}

// Seeds of workloads lie elsewhere, so that the warm-up leaves nothing in a cache that they could use.
const WARM_UP_SEED = 7_777_777;

/** onFreshServers runs a workload on llama-server and on ours in turn, each time on a new process that is warm but knows nothing. */
export async function onFreshServers<T>(
  ctx: BenchContext,
  sizes: Sizes,
  run: (server: ServerUnderTest) => Promise<T>,
): Promise<{ anchor: T[]; ours: T[] }> {
  const settings = { modelPath: ctx.modelPath, threads: ctx.threads, ...sizes };
  const { llamaServer } = ctx.anchors.paths;
  const on = async (starting: Promise<ServerUnderTest>): Promise<T> => {
    const server = await starting;
    try {
      await server.complete({ prompt: randomPrompt(16, ctx.vocabulary.vocabSize, WARM_UP_SEED), maxTokens: 8 });
      return await run(server);
    } finally {
      await server.stop();
    }
  };
  return interleaved(ctx.runs, {
    anchor: has(ctx, 'llamaServer') ? () => on(startLlamaServer(llamaServer, settings, ctx.llamaServerArgs)) : null,
    ours: () => on(startEngine(settings)),
  });
}

/** loadRows measures a load on both servers and makes a row of each figure. */
export async function loadRows(
  ctx: BenchContext,
  options: { sizes: Sizes; run: (server: ServerUnderTest) => Promise<LoadResult>; figures: readonly LoadFigure[] },
): Promise<BenchRow[]> {
  const loadBefore = currentLoad();
  const results = await onFreshServers(ctx, options.sizes, options.run);
  const cpu = (side: readonly LoadResult[]) => {
    const seconds = side.flatMap((result) => result.cpuSeconds ?? []);
    return seconds.length === 0 ? null : median(seconds);
  };
  const cpuSeconds = { ours: cpu(results.ours), anchor: cpu(results.anchor) };
  return options.figures.map(({ pick, ...figure }) =>
    benchRow({
      ...figure,
      ours: results.ours.map(pick),
      anchor: results.anchor.map(pick),
      anchorName: ['llama-server', ...ctx.llamaServerArgs].join(' '),
      cpuSeconds,
      loadBefore,
    }),
  );
}
