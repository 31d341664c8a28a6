import { describe, expect, it } from 'vitest';
import { planTraining } from './plan.ts';

const tiny = { parameters: 1_050_000, layerCount: 4, fileType: 'F32', epochs: 1, threads: 2 };
const smol = { parameters: 134_515_008, layerCount: 30, fileType: 'Q4_1', epochs: 1, threads: 2 };

describe('planTraining', () => {
  it.each([
    { name: 'a tiny base trains every layer', input: { ...tiny, datasetTokens: 1000 }, layers: 4 },
    {
      name: 'a model of hundreds of megabytes trains its last third',
      input: { ...smol, datasetTokens: 1000 },
      layers: 10,
    },
    {
      name: 'a large model with two layers still trains one',
      input: { ...smol, layerCount: 2, datasetTokens: 10 },
      layers: 1,
    },
  ])('$name', ({ input, layers }) => {
    expect(planTraining(input).trainableLayers).toBe(layers);
  });

  it.each([
    { name: 'a tiny base, all blocks', input: { ...tiny, parameters: 920_000, threads: 1 }, measured: 4100 },
    { name: '135 M parameters, a third of the blocks', input: { ...smol, threads: 1 }, measured: 102 },
  ])('estimates tokens per second within a half of what was measured: $name', ({ input, measured }) => {
    const seconds = planTraining({ ...input, datasetTokens: 1000 * measured }).estimatedSeconds;
    expect(seconds).toBeGreaterThan(1000 / 1.5);
    expect(seconds).toBeLessThan(1000 * 1.5);
  });

  it('estimates the memory that 135 M parameters were seen to need within a third', () => {
    const { memoryBytes } = planTraining({ ...smol, datasetTokens: 10_000 });
    expect(memoryBytes).toBeGreaterThan(1.4e9 / 1.33);
    expect(memoryBytes).toBeLessThan(1.4e9 * 1.33);
  });

  it('grows with tokens and epochs, and shrinks with threads', () => {
    const one = planTraining({ ...smol, datasetTokens: 100_000 }).estimatedSeconds;
    expect(planTraining({ ...smol, datasetTokens: 200_000 }).estimatedSeconds).toBeGreaterThan(1.9 * one);
    expect(planTraining({ ...smol, datasetTokens: 100_000, epochs: 2 }).estimatedSeconds).toBeGreaterThan(1.9 * one);
    expect(planTraining({ ...smol, datasetTokens: 100_000, threads: 4 }).estimatedSeconds).toBeLessThan(0.55 * one);
  });

  it('reads bytes where tokens are not known yet', () => {
    const byTokens = planTraining({ ...tiny, datasetTokens: 100_000 });
    expect(planTraining({ ...tiny, datasetBytes: 350_000 })).toEqual(byTokens);
  });

  it.each([
    { name: 'a partly trained model', input: { ...smol, datasetTokens: 10 }, warning: /last 10 of 30 layers/ },
    { name: 'a quantised base', input: { ...smol, datasetTokens: 10 }, warning: /Q4_1: it is converted to F32/ },
    { name: 'a run of hours', input: { ...smol, datasetTokens: 5_000_000 }, warning: /hours on 2 threads/ },
  ])('warns of $name', ({ input, warning }) => {
    expect(planTraining(input).warnings.join('\n')).toMatch(warning);
  });

  it('has nothing to warn of for a short run of a small F32 base', () => {
    expect(planTraining({ ...tiny, datasetTokens: 10_000 }).warnings).toEqual([]);
  });
});
