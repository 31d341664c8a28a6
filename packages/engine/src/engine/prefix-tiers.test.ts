import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blockFileBytes } from '../kv-cache/tiers/block-file.ts';
import { DiskTier } from '../kv-cache/tiers/disk-tier.ts';
import { TieredCache } from '../kv-cache/tiers/tiered-cache.ts';
import { ScriptedRunner, type ScriptedRunnerOptions } from '../runner/scripted-runner.ts';
import { GREEDY } from '../sampling/parameters.ts';
import { createRandom } from '../sampling/random.ts';
import { Engine, type EngineOptions } from './engine.ts';
import type { Generation, GenerationRequest } from './generation.ts';

const BLOCK_TOKENS = 8;
const BLOCK_BYTES = BLOCK_TOKENS * 4;
const FILE_BYTES = blockFileBytes(new Uint8Array(BLOCK_BYTES));

const reverse = (prompt: string) => [...prompt].reverse().join('');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'prefix-tiers-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const openDisk = (blocks: number) => DiskTier.open({ directory, budgetBytes: blocks * FILE_BYTES });

/** build makes an engine that keeps hardly anything on the device. */
function build(
  cache: TieredCache,
  runner: Partial<ScriptedRunnerOptions> = {},
  engine: Partial<EngineOptions> = {},
): { runner: ScriptedRunner; engine: Engine } {
  const scripted = new ScriptedRunner({ reply: reverse, blockTokens: BLOCK_TOKENS, maxCachedBlocks: 0, ...runner });
  return {
    runner: scripted,
    engine: new Engine({ runner: scripted, contextTokens: 160, cacheBelow: cache, ...engine }),
  };
}

function ask(prompt: string, more: Partial<GenerationRequest> = {}): GenerationRequest {
  return { promptTokens: Int32Array.from(Buffer.from(`${prompt}\u0003`)), sampling: GREEDY, maxTokens: null, ...more };
}

async function answerTo(generation: Generation): Promise<{ text: string; cachedTokens: number }> {
  let text = '';
  for await (const chunk of generation) text += chunk.text;
  return { text, cachedTokens: (await generation.finished).cachedTokens };
}

const PROMPT = 'abcdefghijklmnopqrstuvwxyz0123456789ABCD';

describe('a prefix that the device gave up', () => {
  test('comes back from host memory, without computing and with the same answer', async () => {
    const cache = new TieredCache({ hostBytes: 100 * BLOCK_BYTES });
    const { engine, runner } = build(cache);
    await answerTo(engine.generate(ask(PROMPT)));
    expect(engine.state.blocks.cached).toBe(0);
    const before = runner.computedTokens;
    expect(await answerTo(engine.generate(ask(PROMPT, { maxTokens: 1 })))).toEqual({ text: 'D', cachedTokens: 40 });
    expect(runner.computedTokens - before).toBe(1);
    expect(cache.counts.host).toEqual({ queriedTokens: 41 + 41, hitTokens: 40 });
  });

  test('comes back from disk in another process', async () => {
    const first = new TieredCache({ hostBytes: 100 * BLOCK_BYTES, disk: await openDisk(100) });
    const before = build(first, { maxCachedBlocks: 3 });
    await answerTo(before.engine.generate(ask(PROMPT)));
    await before.engine.persist(10);
    const second = new TieredCache({ hostBytes: 100 * BLOCK_BYTES, disk: await openDisk(100) });
    const { engine } = build(second);
    expect(await answerTo(engine.generate(ask(PROMPT)))).toEqual({ text: reverse(PROMPT), cachedTokens: 40 });
    expect(second.counts).toEqual({
      host: { queriedTokens: 41, hitTokens: 0 },
      disk: { queriedTokens: 41, hitTokens: 40 },
    });
  });

  test('is not found under another salt', async () => {
    const cache = new TieredCache({ hostBytes: 100 * BLOCK_BYTES });
    const { engine } = build(cache);
    await answerTo(engine.generate(ask(PROMPT, { cacheSalt: 'a' })));
    expect((await answerTo(engine.generate(ask(PROMPT, { cacheSalt: 'b' })))).cachedTokens).toBe(0);
  });

  test('is restored once for requests that come at the same instant', async () => {
    const cache = new TieredCache({ hostBytes: 100 * BLOCK_BYTES });
    const { engine, runner } = build(cache);
    await answerTo(engine.generate(ask(PROMPT)));
    const before = runner.computedTokens;
    const answers = ['x', 'y', 'z'].map((end) => answerTo(engine.generate(ask(PROMPT + end))));
    const found = await Promise.all(answers);
    expect(found).toEqual(['x', 'y', 'z'].map((end) => ({ text: reverse(PROMPT + end), cachedTokens: 40 })));
    expect(runner.computedTokens - before).toBe(3 * (2 + 41));
    expect(cache.counts.host.hitTokens).toBe(40);
  });

  test('is computed where the runner refuses it, and saved anew', async () => {
    const cache = new TieredCache({ hostBytes: 100 * BLOCK_BYTES });
    const { engine } = build(cache, { maxWritten: () => 2 });
    await answerTo(engine.generate(ask(PROMPT)));
    const blocks = cache.host.blocks;
    expect(await answerTo(engine.generate(ask(PROMPT, { maxTokens: 1 })))).toEqual({ text: 'D', cachedTokens: 16 });
    expect(cache.host.blocks).toBe(blocks);
  });

  test('does not hold up others while it is read from disk', async () => {
    const disk = await openDisk(100);
    const cache = new TieredCache({ hostBytes: 100 * BLOCK_BYTES, disk, maxFetchMs: 60_000 });
    const { engine } = build(cache);
    await answerTo(engine.generate(ask(PROMPT)));
    await engine.persist(10);
    for (const { hash } of cache.host.entries()) cache.host.remove(hash);
    const gate = Promise.withResolvers<void>();
    const read = disk.get.bind(disk);
    disk.get = async (hash) => {
      await gate.promise;
      return read(hash);
    };
    const slow = answerTo(engine.generate(ask(PROMPT)));
    expect((await answerTo(engine.generate(ask('another one')))).text).toBe(reverse('another one'));
    expect(engine.state).toMatchObject({ running: 0, waiting: 1 });
    gate.resolve();
    expect(await slow).toEqual({ text: reverse(PROMPT), cachedTokens: 40 });
  });

  test('is computed when the disk is in trouble, and the tier says why', async () => {
    const disk = await DiskTier.open({ directory: path.join('/dev/null', 'below'), budgetBytes: 1000 });
    const cache = new TieredCache({ hostBytes: 2 * BLOCK_BYTES, disk });
    const { engine } = build(cache);
    for (let round = 0; round < 3; round += 1) {
      expect((await answerTo(engine.generate(ask(PROMPT)))).text).toBe(reverse(PROMPT));
    }
    expect(disk.offReason).toContain('ENOTDIR');
  });
});

test('saving delays a step by a few milliseconds at most; the rest is saved by later steps', async () => {
  let nowMs = 0;
  const cache = new TieredCache({ hostBytes: 100 * BLOCK_BYTES });
  const savedPerStep: number[] = [];
  const { engine, runner } = build(
    cache,
    { onStep: () => void savedPerStep.push(cache.host.blocks) },
    { nowMs: () => nowMs },
  );
  const { readBlock } = runner.blockTransfer;
  runner.blockTransfer.readBlock = (block) => {
    nowMs += 1;
    return readBlock(block);
  };
  await answerTo(engine.generate(ask(PROMPT)));
  await answerTo(engine.generate(ask('z')));
  const steps = savedPerStep.map((saved, index) => saved - (savedPerStep[index - 1] ?? 0));
  expect(steps).toContain(4);
  expect(Math.max(...steps)).toBe(4);
  expect(cache.dropped).toBe(0);
  expect(cache.host.blocks).toBe(10);
});

// A small device, smaller tiers, random arrivals, cancels, preemptions and refusals; after every step all blocks and bytes
// are accounted for, and every answer is the one it would have been alone.
test.each([1, 2, 3, 4, 5, 6])('the tiers keep their books through a random load (seed %i)', async (seed) => {
  const random = createRandom(seed);
  const pick = (count: number) => Math.floor(random() * count);
  const disk = await openDisk(40);
  const cache = new TieredCache({ hostBytes: 24 * BLOCK_BYTES, disk });
  const pending: Promise<void>[] = [];
  const live = new Set<Generation>();
  let steps = 0;
  let preemptions = 0;
  const { engine, runner } = build(
    cache,
    {
      totalBlocks: 24,
      maxCachedBlocks: 6,
      maxSequences: 6,
      maxWritten: (offered) => (random() < 0.1 ? pick(offered + 1) : offered),
      onStep: () => {
        steps += 1;
        const { blocks, running } = engine.state;
        expect(blocks.free + blocks.cached + blocks.used).toBe(blocks.total);
        expect(running).toBeLessThanOrEqual(6);
        expect(cache.host.bytes).toBeLessThanOrEqual(cache.host.budgetBytes);
        expect(cache.host.bytes).toBe(cache.host.blocks * BLOCK_BYTES);
        expect(disk.bytes).toBeLessThanOrEqual(disk.budgetBytes);
        expect(disk.bytes).toBe(disk.blocks * FILE_BYTES);
        if (random() < 0.05) for (const generation of [...live].slice(0, 1)) generation.cancel();
        if (steps < 500 && random() < 0.3) arrive();
      },
    },
    {
      stepTokens: 48,
      mixedPrefillTokens: 16,
      observer: {
        onPreemption: () => {
          preemptions += 1;
        },
      },
    },
  );
  const arrive = () => {
    const prompt = `topic ${pick(8)} ${'ab'.repeat(14)} ${'q'.repeat(pick(24))}${pick(4)}`;
    const generation = engine.generate(ask(prompt));
    live.add(generation);
    pending.push(
      (async () => {
        const { text } = await answerTo(generation);
        live.delete(generation);
        const { finishReason } = await generation.finished;
        if (finishReason === 'abort') expect(reverse(prompt).startsWith(text)).toBe(true);
        else expect(text).toBe(reverse(prompt));
      })(),
    );
  };
  for (let count = 0; count < 8; count += 1) arrive();
  while (engine.state.running + engine.state.waiting > 0) await new Promise((resolve) => setImmediate(resolve));
  await Promise.all(pending);
  await disk.settled();
  expect(preemptions).toBeGreaterThan(0);
  expect(cache.counts.host.hitTokens).toBeGreaterThan(0);
  expect(cache.counts.disk.hitTokens).toBeGreaterThan(0);
  expect(disk.offReason).toBeNull();
  expect(engine.state.blocks.used).toBe(0);
  expect(runner.open.size).toBe(0);
});
