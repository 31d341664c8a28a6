import { readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRandom } from '../../sampling/random.ts';
import { blockFileBytes } from './block-file.ts';
import { DiskTier } from './disk-tier.ts';

const CONTENT_BYTES = 100;
const FILE_BYTES = blockFileBytes(new Uint8Array(CONTENT_BYTES));
const name = (index: number) => String(index).padStart(22, '0');
const block = (fill: number) => new Uint8Array(CONTENT_BYTES).fill(fill);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'disk-tier-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = (blocks: number, maxPendingBytes?: number) =>
  DiskTier.open({
    directory,
    budgetBytes: blocks * FILE_BYTES,
    ...(maxPendingBytes === undefined ? {} : { maxPendingBytes }),
  });
const fileOf = (index: number) => path.join(directory, `${name(index)}.kv`);

async function write(tier: DiskTier, indices: number[]): Promise<void> {
  for (const index of indices) tier.put(name(index), block(index));
  await tier.settled();
}

describe('DiskTier', () => {
  test('a block is readable as soon as it is put, and after a restart', async () => {
    const tier = await open(4);
    tier.put(name(1), block(1));
    expect(await tier.get(name(1))).toEqual(block(1));
    await tier.settled();
    const again = await open(4);
    expect(again).toMatchObject({ blocks: 1, bytes: FILE_BYTES });
    expect(Uint8Array.from((await again.get(name(1))) ?? [])).toEqual(block(1));
  });

  test('the least recently used files go, also when the use was before a restart', async () => {
    const tier = await open(3);
    await write(tier, [1, 2, 3]);
    for (const index of [1, 2, 3]) utimesSync(fileOf(index), index, index);
    await tier.get(name(1));
    const again = await open(3);
    await write(again, [4]);
    expect(readdirSync(directory).toSorted()).toEqual([1, 3, 4].map((index) => `${name(index)}.kv`));
    expect(again.evictions).toBe(1);
  });

  test('a smaller budget after a restart is kept to at once', async () => {
    await write(await open(5), [1, 2, 3, 4, 5]);
    const smaller = await open(2);
    await smaller.settled();
    expect(smaller.bytes).toBe(2 * FILE_BYTES);
    expect(readdirSync(directory)).toHaveLength(2);
  });

  const damages: Record<string, (file: string) => void> = {
    'a truncated file': (file) => truncateSync(file, 50),
    'an empty file': (file) => truncateSync(file, 0),
    'a file with one wrong bit': (file) => {
      const bytes = readFileSync(file);
      bytes[60] = (bytes[60] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    },
    'a file of another block': (file) => writeFileSync(file, readFileSync(fileOf(2))),
  };
  test.each(Object.entries(damages))('%s is a miss and is removed', async (_, damage) => {
    const tier = await open(4);
    await write(tier, [1, 2]);
    damage(fileOf(1));
    expect(await tier.get(name(1))).toBeNull();
    await tier.settled();
    expect(tier).toMatchObject({ damaged: 1, blocks: 1, bytes: FILE_BYTES, offReason: null });
    expect(readdirSync(directory)).toEqual([`${name(2)}.kv`]);
  });

  test('a file that somebody removed is a miss', async () => {
    const tier = await open(4);
    await write(tier, [1]);
    rmSync(fileOf(1));
    expect(await tier.get(name(1))).toBeNull();
    expect(tier).toMatchObject({ blocks: 0, offReason: null });
  });

  test('a directory that cannot be made turns the tier off with the reason', async () => {
    writeFileSync(path.join(directory, 'file'), '');
    const tier = await DiskTier.open({ directory: path.join(directory, 'file', 'below'), budgetBytes: 1000 });
    expect(tier.offReason).toContain('ENOTDIR');
    tier.put(name(1), block(1));
    expect(await tier.get(name(1))).toBeNull();
    expect(tier.bytes).toBe(0);
  });

  test('a disk that takes no more turns the tier off with the reason', async () => {
    const tier = await open(4);
    await write(tier, [1]);
    // Nobody can write below a file, not even root.
    rmSync(directory, { recursive: true });
    writeFileSync(directory, '');
    await write(tier, [2]);
    expect(tier).toMatchObject({ offReason: expect.stringContaining('ENOTDIR'), bytes: 0, blocks: 0 });
    expect(await tier.get(name(1))).toBeNull();
  });

  test('what is waiting to be written is bounded; the rest is dropped and counted', async () => {
    const tier = await open(10, 2 * FILE_BYTES);
    await write(tier, [1, 2, 3, 4]);
    expect(tier).toMatchObject({ blocks: 2, dropped: 2 });
    await write(tier, [5]);
    expect(tier.blocks).toBe(3);
  });

  test('a temporary file that a killed process left is removed, a young one is not', async () => {
    for (const file of ['old.tmp', 'young.tmp']) writeFileSync(path.join(directory, file), 'x');
    utimesSync(path.join(directory, 'old.tmp'), 1, 1);
    expect((await open(4)).blocks).toBe(0);
    expect(readdirSync(directory)).toEqual(['young.tmp']);
  });

  test.each([1, 2, 3])('bytes never exceed the budget and every read is right (seed %i)', async (seed) => {
    const random = createRandom(seed);
    const tier = await open(6, 4 * FILE_BYTES);
    let hits = 0;
    for (let round = 0; round < 400; round += 1) {
      const index = Math.floor(random() * 12);
      const action = random();
      if (action < 0.5) tier.put(name(index), block(index));
      else if (action < 0.6) tier.remove(name(index));
      else {
        const content = await tier.get(name(index));
        if (content !== null) hits += 1;
        expect([null, ...block(index)]).toContain(content?.[0] ?? null);
      }
      expect(tier.bytes).toBeLessThanOrEqual(tier.budgetBytes);
      expect(tier.bytes).toBe(tier.blocks * FILE_BYTES);
    }
    await tier.settled();
    const files = readdirSync(directory);
    expect(files.reduce((sum, file) => sum + statSync(path.join(directory, file)).size, 0)).toBe(tier.bytes);
    expect(hits).toBeGreaterThan(20);
    expect(tier.offReason).toBeNull();
  });
});
