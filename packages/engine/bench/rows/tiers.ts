import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Engine, GREEDY } from '../../src/index.ts';
import { openTieredCache } from '../../src/kv-cache/tiers/open-tiered-cache.ts';
import type { TieredCache } from '../../src/kv-cache/tiers/tiered-cache.ts';
import { loadLlamaRunner } from '../../src/runner/load-llama-runner.ts';
import type { BenchContext, RowGroup } from '../bench-context.ts';
import { type BenchRow, benchRow, currentLoad } from '../report/bench-row.ts';
import { randomPrompt } from '../workloads/random-prompt.ts';

const HOST_BYTES = 1024 * 1024 * 1024;
const PERSIST_SECONDS = 30;
const FIRST_SEED = 5000;

/** TIERS is what a prompt saves whose beginning is found in the KV cache, in host memory or on disk. */
export const TIERS: RowGroup = {
  anchors: [],
  async measure(ctx) {
    const directory = await mkdtemp(path.join(tmpdir(), 'tiers-bench-'));
    try {
      return await measureTiers(ctx, directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function measureTiers(ctx: BenchContext, diskCacheDir: string): Promise<BenchRow[]> {
  const promptTokens = ctx.isQuick ? 128 : 1024;
  const contextTokens = promptTokens + 64;
  const loadBefore = currentLoad();
  let seed = FIRST_SEED;
  const prompt = (tokens = promptTokens) => {
    seed += 1;
    return randomPrompt(tokens, ctx.vocabulary.vocabSize, seed);
  };
  // One engine keeps prefixes in its cache, the other gives everything to the tiers below.
  const keeping = await start(ctx, contextTokens, {});
  const giving = await start(ctx, contextTokens, { cachedTokens: 0, diskCacheDir });
  const { cacheBelow } = giving;
  if (cacheBelow === null) throw new Error('This model has no tiers');
  const times = { computed: [] as number[], cache: [] as number[], host: [] as number[], disk: [] as number[] };
  for (const { engine } of [keeping, giving]) await firstTokenMs(engine, prompt());
  const leaveCache = async () => {
    while (giving.engine.state.blocks.cached > 0) await firstTokenMs(giving.engine, prompt(4));
  };
  for (let run = 0; run < ctx.runs; run += 1) {
    const tokens = prompt();
    times.computed.push(await firstTokenMs(keeping.engine, tokens));
    times.cache.push(await firstTokenMs(keeping.engine, tokens));
    await firstTokenMs(giving.engine, tokens);
    await leaveCache();
    times.host.push(await firstTokenMs(giving.engine, tokens));
    await leaveCache();
    await giving.engine.persist(PERSIST_SECONDS);
    forgetHost(cacheBelow);
    times.disk.push(await firstTokenMs(giving.engine, tokens));
    await leaveCache();
    forgetHost(cacheBelow);
  }
  for (const { engine } of [keeping, giving]) engine.runner.close();
  const { computed, ...found } = times;
  return Object.entries(found).map(([name, ours]) =>
    benchRow({
      workload: `first token of ${promptTokens} tokens, found in ${name}`,
      unit: 'ms',
      isLowerBetter: true,
      ours,
      anchor: computed,
      anchorName: 'ours, computed',
      loadBefore,
    }),
  );
}

async function start(
  ctx: BenchContext,
  contextTokens: number,
  options: { cachedTokens?: number; diskCacheDir?: string },
) {
  const { modelPath, threads } = ctx;
  const { runner } = await loadLlamaRunner({ modelPath, threads, contextTokens, maxSequences: 4, ...options });
  const cacheBelow = await openTieredCache(runner.blockTransfer, { ...options, hostCacheBytes: HOST_BYTES });
  return { engine: new Engine({ runner, contextTokens, cacheBelow }), cacheBelow };
}

async function firstTokenMs(engine: Engine, promptTokens: Int32Array): Promise<number> {
  const request = { promptTokens, maxTokens: 1, sampling: GREEDY, ignoreEndOfGeneration: true };
  const generation = engine.generate(request);
  for await (const _chunk of generation);
  return (await generation.finished).timeToFirstTokenMs ?? Number.NaN;
}

function forgetHost(cache: TieredCache): void {
  for (const { hash } of cache.host.entries()) cache.host.remove(hash);
}
