import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Engine } from '../engine/engine.ts';
import { openTieredCache } from '../kv-cache/tiers/open-tiered-cache.ts';
import type { TieredCache } from '../kv-cache/tiers/tiered-cache.ts';
import { GREEDY } from '../sampling/parameters.ts';
import type { BlockTransfer } from './block-transfer.ts';
import type { KvLayout } from './kv-memory-plan.ts';
import type { LlamaRunner } from './llama-runner.ts';
import { loadLlamaRunner } from './load-llama-runner.ts';

const MODEL_PATH = path.join(import.meta.dirname, '../../tiny-base/slipway-tiny.gguf');
const HOST_BYTES = 16 * 1024 * 1024;
const BLOCK_TOKENS = 16;
// A busy machine computes many times slower than a quiet one.
const PATIENCE_MS = 60_000;
const PROMPT =
  'Here is a short story that begins in a quiet harbour, early in the morning, before anyone is awake. It is about a boat.';

// Nothing stays on the device, so that whatever is found comes from below it.
const load = (more: { batchInvariant?: boolean; cachedTokens?: number } = {}) => {
  const size = { contextTokens: 256, maxSequences: 4, cachedTokens: 0 };
  return loadLlamaRunner({ modelPath: MODEL_PATH, threads: 1, kvLayout, ...size, ...more });
};

const runners: LlamaRunner[] = [];
let directory: string;
let coldTokens: number[];
let kvLayout: KvLayout;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'block-transfer-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));
afterAll(() => {
  for (const runner of runners) runner.close();
});

interface Started {
  engine: Engine;
  cache: TieredCache | null;
}

async function start(options: { hostCacheBytes?: number; diskCacheDir?: string } = {}): Promise<Started> {
  const { runner, contextTokens } = await load();
  runners.push(runner);
  const cache = await openTieredCache(runner.blockTransfer, { hostCacheBytes: HOST_BYTES, ...options });
  return { engine: new Engine({ runner, contextTokens, cacheBelow: cache }), cache };
}

async function ask(engine: Engine, prompt = PROMPT): Promise<{ tokens: number[]; cachedTokens: number }> {
  const promptTokens = await engine.runner.tokenizer.encode(prompt, { addSpecial: true, parseSpecial: true });
  const generation = engine.generate({ promptTokens, sampling: GREEDY, maxTokens: 40, ignoreEndOfGeneration: true });
  const tokens: number[] = [];
  for await (const chunk of generation) tokens.push(...chunk.tokens);
  return { tokens, cachedTokens: (await generation.finished).cachedTokens };
}

async function wholeBlocks(engine: Engine): Promise<number> {
  const tokens = await engine.runner.tokenizer.encode(PROMPT, { addSpecial: true, parseSpecial: true });
  return Math.floor((tokens.length - 1) / BLOCK_TOKENS) * BLOCK_TOKENS;
}

describe.each(['split', 'unified'] as const)('KV blocks of a %s cache', { timeout: PATIENCE_MS }, (layout) => {
  beforeAll(async () => {
    kvLayout = layout;
    const { engine } = await start({ hostCacheBytes: 0 });
    coldTokens = (await ask(engine)).tokens;
  }, PATIENCE_MS);

  test('restored from host memory give the answer that computing gives', async () => {
    const { engine, cache } = await start();
    expect(await ask(engine)).toEqual({ tokens: coldTokens, cachedTokens: 0 });
    // Others write where the prompt was.
    for (const other of ['Once upon a time', 'Tell me about winter.']) await ask(engine, other.repeat(5));
    expect(engine.state.blocks.cached).toBe(0);
    expect(await ask(engine)).toEqual({ tokens: coldTokens, cachedTokens: await wholeBlocks(engine) });
    expect(cache?.dropped).toBe(0);
  });

  test('restored from disk by another runner give the answer that computing gives', async () => {
    const first = await start({ diskCacheDir: directory });
    await ask(first.engine);
    await first.engine.persist(10);
    const second = await start({ diskCacheDir: directory });
    expect(second.cache?.disk?.blocks).toBeGreaterThan(0);
    expect(await ask(second.engine)).toEqual({
      tokens: coldTokens,
      cachedTokens: await wholeBlocks(second.engine),
    });
    expect(second.cache?.counts.disk.hitTokens).toBe(await wholeBlocks(second.engine));
  });

  test('that are damaged on disk are computed, with the same answer', async () => {
    const first = await start({ diskCacheDir: directory });
    await ask(first.engine);
    await first.engine.persist(10);
    for (const entry of await readdir(directory, { recursive: true })) {
      if (!entry.endsWith('.kv')) continue;
      const bytes = await readFile(path.join(directory, entry));
      bytes[bytes.length - 100] = (bytes.at(-100) ?? 0) ^ 0xff;
      await writeFile(path.join(directory, entry), bytes);
    }
    const second = await start({ diskCacheDir: directory });
    expect(await ask(second.engine)).toEqual({ tokens: coldTokens, cachedTokens: 0 });
    expect(second.cache?.disk?.damaged).toBe(1);
  });

  test('belong to one model and one way of computing it', async () => {
    const plain = await load();
    const invariant = await load({ batchInvariant: true });
    runners.push(plain.runner, invariant.runner);
    const fingerprints = [plain, invariant].map(({ runner }) => runner.blockTransfer?.fingerprint());
    expect(await fingerprints[0]).toMatch(/^[\w-]{22}$/);
    expect(await fingerprints[0]).not.toBe(await fingerprints[1]);
  });
});

describe('the block transfer of a unified cache', { timeout: PATIENCE_MS }, () => {
  let runner: LlamaRunner;
  let transfer: BlockTransfer;
  let lastSequence = 0;
  const BLOCKS = [0, 1, 2];

  beforeAll(async () => {
    const size = { contextTokens: 256, kvTokens: 256, kvLayout: 'unified' as const };
    const loaded = await loadLlamaRunner({ modelPath: MODEL_PATH, threads: 1, ...size });
    runner = loaded.runner;
    runners.push(runner);
    if (runner.blockTransfer === undefined) throw new Error('This model can copy blocks');
    transfer = runner.blockTransfer;
  });
  beforeEach(() => runner.clear());

  /** compute fills blocks, closes the sequence, and returns what the blocks then hold. */
  async function compute(blocks: readonly number[], seed = 1): Promise<Uint8Array[]> {
    const sequence = begin();
    const tokens = Int32Array.from({ length: blocks.length * BLOCK_TOKENS }, (_, at) => 300 + ((at * seed) % 50));
    await runner.step([{ sequence, tokens, startPosition: 0, blocks, logitRows: 1, picksBest: false, adapter: null }]);
    return keep(sequence, blocks);
  }

  function begin(): number {
    lastSequence += 1;
    runner.openSequence(lastSequence, []);
    return lastSequence;
  }

  function keep(sequence: number, blocks: readonly number[]): Uint8Array[] {
    runner.closeSequence(
      sequence,
      blocks.map((block, index) => ({ block, index })),
    );
    return blocks.map((block) => transfer.readBlock(block) ?? new Uint8Array(0));
  }

  test('copies keys and values bit by bit', async () => {
    const contents = await compute(BLOCKS);
    expect(new Set(contents.map(({ byteLength }) => byteLength)).size).toBe(1);
    runner.dropBlocks(BLOCKS);
    // Another sequence takes the cells, so that the blocks come back somewhere else.
    await compute([9, 10], 3);
    const sequence = begin();
    expect(transfer.writeBlocks({ sequence, blocks: [5, 6, 7], from: 0, contents })).toBe(3);
    expect(keep(sequence, [5, 6, 7])).toEqual(contents);
  });

  test('shares what it wrote at once', async () => {
    const contents = await compute(BLOCKS);
    runner.dropBlocks(BLOCKS);
    const sequence = begin();
    transfer.writeBlocks({ sequence, blocks: BLOCKS, from: 0, contents });
    lastSequence += 1;
    runner.openSequence(lastSequence, BLOCKS.slice(0, 2));
    runner.closeSequence(sequence, []);
    expect(keep(lastSequence, [0, 1])).toEqual(contents.slice(0, 2));
  });

  test('reads nothing of a block that was dropped', async () => {
    await compute(BLOCKS);
    runner.dropBlocks([1]);
    expect(BLOCKS.map((block) => transfer.readBlock(block) !== null)).toEqual([true, false, true]);
  });

  const refusals: Record<string, (contents: Uint8Array[]) => Uint8Array[]> = {
    'a block of another place': ([first, , third]) => [first, third] as Uint8Array[],
    'a truncated block': ([first, second]) => [first, second?.subarray(0, -10)] as Uint8Array[],
    'an empty block': ([first]) => [first, new Uint8Array(0)] as Uint8Array[],
  };
  test.each(Object.entries(refusals))('refuses %s, and leaves what is before it', async (_, spoil) => {
    const contents = await compute(BLOCKS);
    runner.dropBlocks(BLOCKS);
    const sequence = begin();
    expect(transfer.writeBlocks({ sequence, blocks: BLOCKS, from: 0, contents: spoil(contents) })).toBe(1);
    expect(keep(sequence, [0])).toEqual(contents.slice(0, 1));
  });

  test('writes as many blocks as there are free cells, and spoils no other', async () => {
    const contents = await compute(BLOCKS);
    runner.dropBlocks(BLOCKS);
    const others = Array.from({ length: runner.totalBlocks - 2 }, (_, index) => index + 2);
    const before = await compute(others, 2);
    const sequence = begin();
    expect(transfer.writeBlocks({ sequence, blocks: [0, 1, 99], from: 0, contents })).toBe(2);
    expect(others.map((block) => transfer.readBlock(block))).toEqual(before);
    expect(keep(sequence, [0, 1])).toEqual(contents.slice(0, 2));
  });
});
