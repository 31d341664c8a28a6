import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Engine, GREEDY } from '../src/index.ts';
import { openTieredCache } from '../src/kv-cache/tiers/open-tiered-cache.ts';
import type { TieredCache } from '../src/kv-cache/tiers/tiered-cache.ts';
import { loadLlamaRunner } from '../src/runner/load-llama-runner.ts';
import { type BenchRow, median, printReport } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: path.join(import.meta.dirname, '../tiny-base/slipway-tiny.gguf') },
    threads: { type: 'string', default: '2' },
    tokens: { type: 'string', default: '1024' },
    runs: { type: 'string', default: '5' },
  },
});
const promptTokens = Number(flags.tokens);
const contextTokens = promptTokens + 64;
const HOST_BYTES = 1024 * 1024 * 1024;

let promptNumber = 0;

/** prompt makes tokens that share no block with an earlier prompt. */
function prompt(tokens = promptTokens): Int32Array {
  promptNumber += 1;
  return Int32Array.from({ length: tokens }, (_, index) => 300 + ((index * 7 + promptNumber * 131) % 199));
}

async function ask(engine: Engine, tokens: Int32Array): Promise<{ milliseconds: number; cachedTokens: number }> {
  const generation = engine.generate({
    promptTokens: tokens,
    maxTokens: 1,
    sampling: GREEDY,
    ignoreEndOfGeneration: true,
  });
  for await (const _ of generation);
  const { timeToFirstTokenMs, cachedTokens } = await generation.finished;
  return { milliseconds: timeToFirstTokenMs ?? Number.NaN, cachedTokens };
}

async function start(options: { cachedTokens?: number; diskCacheDir?: string }) {
  const { runner } = await loadLlamaRunner({
    modelPath: flags.model,
    threads: Number(flags.threads),
    contextTokens,
    maxSequences: 4,
    ...options,
  });
  const startedMs = performance.now();
  const cacheBelow = await openTieredCache(runner.blockTransfer, { ...options, hostCacheBytes: HOST_BYTES });
  return {
    engine: new Engine({ runner, contextTokens, cacheBelow }),
    cacheBelow,
    openedMs: performance.now() - startedMs,
  };
}

/** leaveDevice runs small requests until the device has given up what it cached; each step saves some blocks. */
async function leaveDevice(engine: Engine): Promise<void> {
  while (engine.state.blocks.cached > 0) await ask(engine, prompt(4));
}

function forgetHost(cache: TieredCache): void {
  for (const { hash } of cache.host.entries()) cache.host.remove(hash);
}

async function measure(diskCacheDir: string): Promise<BenchRow[]> {
  // One engine keeps prefixes on the device, the other gives everything to the tiers below.
  const keeping = await start({});
  const giving = await start({ cachedTokens: 0, diskCacheDir });
  const { cacheBelow } = giving;
  if (cacheBelow === null) throw new Error('This model has no tiers');
  const times: Record<string, number[]> = { cold: [], device: [], host: [], disk: [] };
  const found: Record<string, number> = {};
  const run = async (name: string, engine: Engine, tokens: Int32Array) => {
    const { milliseconds, cachedTokens } = await ask(engine, tokens);
    times[name]?.push(milliseconds);
    found[name] = cachedTokens;
  };
  for (const { engine } of [keeping, giving]) await ask(engine, prompt());
  for (let count = 0; count < Number(flags.runs); count += 1) {
    const tokens = prompt();
    await run('cold', keeping.engine, tokens);
    await run('device', keeping.engine, tokens);
    await ask(giving.engine, tokens);
    await leaveDevice(giving.engine);
    await run('host', giving.engine, tokens);
    await leaveDevice(giving.engine);
    await giving.engine.persist(30);
    forgetHost(cacheBelow);
    await run('disk', giving.engine, tokens);
    await leaveDevice(giving.engine);
    forgetHost(cacheBelow);
  }
  const cold = median(times.cold ?? []);
  const rows = Object.entries(times).map(([name, values]) => ({
    workload: `first token of ${promptTokens} tokens, ${name} (${found[name]} cached)`,
    ours: median(values),
    anchor: cold,
    unit: 'ms',
    ratio: median(values) / cold,
    goal: 'below 1',
  }));
  const plain = { anchor: null, ratio: null, goal: '-' };
  for (const { engine } of [keeping, giving]) engine.runner.close();
  return [
    ...rows,
    { workload: 'opening the disk tier, fingerprint included', ours: giving.openedMs, unit: 'ms', ...plain },
    { workload: 'blocks dropped', ours: cacheBelow.dropped, unit: 'blocks', ...plain },
  ];
}

const directory = await mkdtemp(path.join(tmpdir(), 'tiers-bench-'));
try {
  printReport('tiers', await measure(directory));
} finally {
  await rm(directory, { recursive: true, force: true });
}
