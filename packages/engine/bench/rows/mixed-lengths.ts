import type { BenchContext, RowGroup } from '../bench-context.ts';
import type { BenchRow } from '../report/bench-row.ts';
import { type LoadFigure, loadRows } from '../servers/compare-servers.ts';
import { Random } from '../workloads/distributions.ts';
import { arriving, runOpenLoop, shareGptLike, type TimedRequest } from '../workloads/open-loop.ts';

/** MIXED_SIZES hold the longest prompt and answer of these workloads, and as many users as arrive at worst. */
export const MIXED_SIZES = { contextTokens: 1024, maxSequences: 16 };
const SEED = 42;
const POISSON_PER_SECOND = 2;

/** MIXED_LENGTHS is W4: requests of all lengths, first all at once and then one after the other at random times. */
export const MIXED_LENGTHS: RowGroup = {
  anchors: ['llamaServer'],
  async measure(ctx) {
    const requests = mixedRequests(ctx, SEED);
    const random = new Random(SEED);
    const perSecond = ctx.isQuick ? 8 : POISSON_PER_SECOND;
    return [
      ...(await measure(ctx, `W4 ${requests.length} requests at once`, {
        requests: arriving(requests, () => 0),
        isFull: true,
      })),
      ...(await measure(ctx, `W4 ${requests.length} requests, Poisson ${perSecond}/s`, {
        requests: arriving(requests, () => random.exponential() / perSecond),
        isFull: false,
      })),
    ];
  },
};

/** mixedRequests are requests of ShareGPT's lengths, at the scale of a small machine. */
export function mixedRequests(ctx: BenchContext, seed: number) {
  const { vocabSize } = ctx.vocabulary;
  return ctx.isQuick
    ? shareGptLike({ count: 8, divisor: 16, vocabSize, seed })
    : shareGptLike({ count: 48, divisor: 4, vocabSize, seed });
}

/** mixedFigures are what W4 and W5 promise; below saturation the rate is that of the arrivals, and promises nothing. */
export function mixedFigures(name: string, isSaturated: boolean): LoadFigure[] {
  return [
    {
      workload: `${name}: output`,
      unit: 'tok/s',
      pick: (result) => result.tokensPerSecond,
      ...(isSaturated ? { goal: { of: 'ratio', atLeast: 1 } as const } : {}),
    },
    {
      workload: `${name}: first token p99`,
      unit: 'ms',
      isLowerBetter: true,
      pick: (result) => result.ttftP99Ms,
      // 0.7 of its time.
      goal: { of: 'ratio', atLeast: 1.43 },
    },
    { workload: `${name}: first token p50`, unit: 'ms', isLowerBetter: true, pick: (result) => result.ttftP50Ms },
    { workload: `${name}: between tokens p99`, unit: 'ms', isLowerBetter: true, pick: (result) => result.gapP99Ms },
  ];
}

function measure(
  ctx: BenchContext,
  name: string,
  { requests, isFull }: { requests: readonly TimedRequest[]; isFull: boolean },
): Promise<BenchRow[]> {
  return loadRows(ctx, {
    sizes: MIXED_SIZES,
    run: (server) => runOpenLoop(server, requests),
    figures: mixedFigures(name, isFull),
  });
}
