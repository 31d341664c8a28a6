import { describe, expect, it } from 'vitest';
import type { GgufMetadata } from '../registry/contract.ts';
import { checkLaunch, type LaunchPlan } from './check-launch.ts';
import { planTraining, trainedLayers } from './plan-training.ts';

const METADATA: GgufMetadata = {
  format: 'gguf',
  ggufVersion: 3,
  architecture: 'llama',
  name: null,
  parameterCount: 900_000,
  tensorCount: 38,
  quantisation: 'F32',
  contextLength: 1_024,
  embeddingLength: 128,
  blockCount: 4,
  vocabularySize: 1_024,
  tokenizer: 'gpt2',
  chatTemplate: null,
  licence: null,
};
const LARGE: GgufMetadata = { ...METADATA, parameterCount: 134_515_008, quantisation: 'Q4_1', blockCount: 30 };
const PLAN: LaunchPlan = {
  name: { slug: 'run', isTaken: false },
  base: { label: 'vision/tiny:1', status: 'ready', metadata: METADATA },
  dataset: { name: 'prose', sizeBytes: 100_000, format: 'text' },
  outputModel: 'tiny-prose',
  flavor: { name: 'cpu', totalSlots: 4 },
  slots: 2,
  threads: 1,
  memoryBytes: 8 * 1024 ** 3,
  timeLimitMinutes: 60,
  params: { isValid: true, epochs: 2, contextTokens: 256 },
  quota: { isAllowed: true, remainingSlots: 1 },
  priceMicrosPerSlotHour: 20_000,
};

describe('planTraining', () => {
  it('trains all of a small model and the last third of a larger one', () => {
    expect(trainedLayers(900_000, 4)).toBe(4);
    expect(trainedLayers(134_515_008, 30)).toBe(10);
    expect(trainedLayers(60_000_000, 1)).toBe(1);
  });

  it('is near the speeds measured on one core', () => {
    const speed = (metadata: GgufMetadata) => {
      const long = planTraining({ metadata, datasetBytes: 10_000_000, epochs: 1, threads: 1 });
      if (long === null) throw new Error('no plan');
      return long.tokens / long.estimatedSeconds;
    };
    expect(speed(METADATA)).toBeGreaterThan(4_100 / 1.5);
    expect(speed(METADATA)).toBeLessThan(4_100 * 1.5);
    expect(speed(LARGE)).toBeGreaterThan(102 / 1.5);
    expect(speed(LARGE)).toBeLessThan(102 * 1.5);
  });

  it('converts a quantised base there and back, and only such a one', () => {
    expect(planTraining({ metadata: METADATA, datasetBytes: 1, epochs: 1, threads: 1 })?.steps).not.toContain(
      'dequantise',
    );
    expect(planTraining({ metadata: LARGE, datasetBytes: 1, epochs: 1, threads: 1 })?.steps).toContain('quantise');
  });

  it('knows nothing without the number of layers', () => {
    expect(
      planTraining({ metadata: { ...METADATA, blockCount: null }, datasetBytes: 1, epochs: 1, threads: 1 }),
    ).toBeNull();
  });
});

describe('checkLaunch', () => {
  it('refuses a base that gives embeddings, before anything is computed', () => {
    const base = { label: 'vision/bert:1', status: 'ready' as const, metadata: { ...METADATA, architecture: 'bert' } };
    const { checks, isLaunchable } = checkLaunch({ ...PLAN, base });
    expect(isLaunchable).toBe(false);
    expect(checks).toContainEqual(expect.objectContaining({ name: 'base', result: 'failed' }));
  });

  it('says what a good launch takes and costs', () => {
    const preflight = checkLaunch(PLAN);
    expect(preflight).toMatchObject({ isLaunchable: true, slots: 2, costMicrosPerHour: 40_000 });
    expect(preflight.estimatedCostMicros).toBe(Math.ceil((40_000 * (preflight.estimatedSeconds ?? 0)) / 3_600));
    expect(preflight.checks.every((check) => check.result === 'ok')).toBe(true);
  });

  const table: [string, Partial<LaunchPlan>, string, 'warning' | 'failed', RegExp][] = [
    ['a name that is taken', { name: { slug: 'run', isTaken: true } }, 'name', 'failed', /exists already/],
    [
      'a base that is not ready',
      { base: { label: 'v/t:1', status: 'starting', metadata: null } },
      'base',
      'failed',
      /v\/t:1 is starting/,
    ],
    [
      'a quantised base',
      { base: { label: 'v/t:1', status: 'ready', metadata: LARGE } },
      'quantisation',
      'warning',
      /made F32 first/,
    ],
    [
      'more layers than the optimiser holds',
      { base: { label: 'v/t:1', status: 'ready', metadata: LARGE } },
      'layers',
      'warning',
      /Only the last \d+ of 30 layers/,
    ],
    [
      'hardly any text',
      { dataset: { name: 'prose', sizeBytes: 700, format: 'text' } },
      'dataset',
      'warning',
      /about 200 tokens, and at least 512/,
    ],
    [
      'wrong parameters',
      { params: { isValid: false, problem: 'epochs: too many' } },
      'params',
      'failed',
      /epochs: too many/,
    ],
    ['too little memory', { memoryBytes: 100_000_000 }, 'memory', 'failed', /choose a smaller base/],
    [
      'a limit that ends it early',
      { timeLimitMinutes: 1, dataset: { name: 'p', sizeBytes: 50_000_000, format: 'text' } },
      'time',
      'warning',
      /stopped after 1/,
    ],
    ['more slots than there are', { slots: 9 }, 'capacity', 'failed', /asks for 9 cpu slots and the cluster has 4/],
    [
      'no quota',
      { quota: { isAllowed: false, message: 'Team v uses 2 of 2.' } },
      'quota',
      'failed',
      /Team v uses 2 of 2/,
    ],
    ['no price', { priceMicrosPerSlotHour: null }, 'price', 'warning', /No price is set/],
  ];
  it.each(table)('finds %s', (_sentence, change, name, result, message) => {
    const preflight = checkLaunch({ ...PLAN, ...change });
    const finding = preflight.checks.find((check) => check.name === name);
    expect(finding?.result).toBe(result);
    expect(finding?.message).toMatch(message);
    expect(preflight.isLaunchable).toBe(result !== 'failed');
  });
});
