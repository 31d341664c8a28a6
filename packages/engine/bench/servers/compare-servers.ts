import { type BenchContext, has, interleaved } from '../bench-context.ts';
import { type BenchRow, benchRow, currentLoad, type Goal } from '../report/bench-row.ts';
import { median } from '../report/stats.ts';
import type { LoadResult } from '../workloads/open-loop.ts';
import { randomPrompt } from '../workloads/random-prompt.ts';
import { startEngine } from './engine-server.ts';
import { startLlamaServer } from './llama-server.ts';
import type { ServerSettings, ServerUnderTest } from './server-under-test.ts';

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

/** Against is what ours is compared with: the name of it, and how a fresh one starts. */
export interface Against {
  name: string;
  start: (settings: ServerSettings) => Promise<ServerUnderTest>;
}

/** onFreshServers runs a workload on an anchor (default: llama-server) and on ours in turn, each time on a new process that is warm but knows nothing. */
export async function onFreshServers<T>(
  ctx: BenchContext,
  sizes: Sizes,
  run: (server: ServerUnderTest) => Promise<T>,
  against: Against | null = llamaServerOf(ctx),
): Promise<{ anchor: T[]; ours: T[] }> {
  const settings = { modelPath: ctx.modelPath, threads: ctx.threads, ...sizes };
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
    anchor: against === null ? null : () => on(against.start(settings)),
    ours: () => on(startEngine(settings)),
  });
}

/** loadRows measures a load on both servers and makes a row of each figure. */
export async function loadRows(
  ctx: BenchContext,
  options: {
    sizes: Sizes;
    run: (server: ServerUnderTest) => Promise<LoadResult>;
    figures: readonly LoadFigure[];
    against?: Against;
  },
): Promise<BenchRow[]> {
  const loadBefore = currentLoad();
  const against = options.against ?? llamaServerOf(ctx);
  const results = await onFreshServers(ctx, options.sizes, options.run, against);
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
      ...(against === null ? {} : { anchorName: against.name }),
      cpuSeconds,
      loadBefore,
    }),
  );
}

function llamaServerOf(ctx: BenchContext): Against | null {
  if (!has(ctx, 'llamaServer')) return null;
  return {
    name: ['llama-server', ...ctx.llamaServerArgs].join(' '),
    start: (settings) => startLlamaServer(ctx.anchors.paths.llamaServer, settings, ctx.llamaServerArgs),
  };
}
