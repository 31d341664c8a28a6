import { describe, expect, it } from 'vitest';
import type { GgufMetadata } from '../registry/contract.ts';
import { checkDeployment, type DeploymentPlan } from './check-deployment.ts';
import { describeBytes } from './memory-need.ts';
import { bucketSecondsFor, bucketStarts } from './traffic-buckets.ts';

const MIB = 1024 * 1024;
const METADATA: GgufMetadata = {
  format: 'gguf',
  ggufVersion: 3,
  architecture: 'llama',
  name: null,
  parameterCount: 134_515_008,
  tensorCount: 272,
  quantisation: 'Q4_1',
  contextLength: 8_192,
  embeddingLength: 576,
  blockCount: 30,
  vocabularySize: 49_152,
  tokenizer: 'gpt2',
  chatTemplate: '{{ messages }}',
  licence: null,
  kvBytesPerToken: 23_040,
};
const VERSION = { label: 'vision/smol:1', status: 'ready' as const, sizeBytes: 98 * MIB, metadata: METADATA };
const PLAN: DeploymentPlan = {
  name: { slug: 'chat', isTaken: false },
  version: VERSION,
  flavor: { name: 'cpu', totalSlots: 4, isCpu: true },
  memoryBytes: 8 * 1024 * MIB,
  replicas: 2,
  slotsPerReplica: 1,
  contextTokens: 2_048,
  maxConcurrency: 8,
  quota: { isAllowed: true, remainingSlots: 0 },
  priceMicrosPerSlotHour: 20_000,
};

describe('checkDeployment', () => {
  it('adds up weights, KV cache and overhead of every replica', () => {
    const preflight = checkDeployment(PLAN);
    expect(preflight).toMatchObject({ isLaunchable: true, slots: 2, costMicrosPerHour: 40_000 });
    expect(preflight.memoryBytes).toBe(2 * (98 * MIB + 200 * MIB + 23_040 * 2_048 * 8));
    expect(preflight.creates).toEqual(['endpoint chat', '2 replicas']);
  });

  it('says of a model that gives embeddings where to call it, and asks for no chat template', () => {
    const metadata = { ...METADATA, architecture: 'bert', chatTemplate: null };
    const { checks, isLaunchable } = checkDeployment({ ...PLAN, version: { ...VERSION, metadata } });
    expect(isLaunchable).toBe(true);
    expect(checks.find(({ name }) => name === 'task')?.message).toMatch(/\/v1\/embeddings/);
    expect(checks.some(({ name }) => name === 'chat')).toBe(false);
  });

  const table: [string, Partial<DeploymentPlan>, string, 'warning' | 'failed', RegExp][] = [
    ['a name that is taken', { name: { slug: 'chat', isTaken: true } }, 'name', 'failed', /exists already/],
    [
      'a version that is not ready',
      { version: { ...VERSION, status: 'pending', metadata: null } },
      'version',
      'failed',
      /is pending/,
    ],
    [
      'no chat template',
      { version: { ...VERSION, metadata: { ...METADATA, chatTemplate: null } } },
      'chat',
      'warning',
      /no chat template/,
    ],
    ['a longer context than trained', { contextTokens: 32_768 }, 'context', 'warning', /gets 8192 instead of 32768/],
    [
      'memory for less than one request',
      { memoryBytes: 300 * MIB },
      'memory',
      'failed',
      /needs at least 343 MiB, and 300 MiB are there/,
    ],
    ['memory for fewer requests', { memoryBytes: 500 * MIB }, 'memory', 'warning', /fewer than 8 long requests/],
    [
      'a replica larger than the cluster',
      { slotsPerReplica: 8 },
      'capacity',
      'failed',
      /asks for 8 cpu slots and the cluster has 4/,
    ],
    [
      'more replicas than the cluster holds',
      { replicas: 5 },
      'capacity',
      'warning',
      /not all replicas can run at once/,
    ],
    [
      'no quota',
      { quota: { isAllowed: false, message: 'Team v uses 1 of 1.' } },
      'quota',
      'failed',
      /Team v uses 1 of 1/,
    ],
    ['no price', { priceMicrosPerSlotHour: null }, 'price', 'warning', /No price is set/],
  ];
  it.each(table)('finds %s', (_sentence, change, name, result, message) => {
    const preflight = checkDeployment({ ...PLAN, ...change });
    const finding = preflight.checks.find((check) => check.name === name);
    expect(finding?.result).toBe(result);
    expect(finding?.message).toMatch(message);
    expect(preflight.isLaunchable).toBe(result !== 'failed');
  });

  it('is not launchable while something is not chosen', () => {
    expect(checkDeployment({ ...PLAN, name: null }).isLaunchable).toBe(false);
    expect(checkDeployment({ ...PLAN, version: null }).isLaunchable).toBe(false);
  });
});

describe('describeBytes', () => {
  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_536, '1.5 KiB'],
    [98 * MIB, '98 MiB'],
    [9.5 * 1024 * MIB, '9.5 GiB'],
  ])('%i is %s', (bytes, text) => {
    expect(describeBytes(bytes)).toBe(text);
  });
});

describe('traffic buckets', () => {
  it.each([5, 15, 60, 360, 1_440, 10_080])(
    'cover %i minutes with at most 120 points, the last one holding now',
    (minutes) => {
      const now = new Date('2026-03-01T12:00:07Z');
      const starts = bucketStarts(now, minutes);
      const width = bucketSecondsFor(minutes) * 1_000;
      expect(starts.length).toBeLessThanOrEqual(120);
      expect(starts.length * width).toBeGreaterThanOrEqual(minutes * 60_000);
      const last = starts.at(-1)?.getTime() ?? 0;
      expect(last).toBeLessThanOrEqual(now.getTime());
      expect(last + width).toBeGreaterThan(now.getTime());
      expect(starts.every((start, i) => i === 0 || start.getTime() - (starts[i - 1]?.getTime() ?? 0) === width)).toBe(
        true,
      );
    },
  );
});
