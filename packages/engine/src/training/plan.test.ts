import { describe, expect, it } from 'vitest';
import { planTraining } from './plan.ts';

const tiny = { parameters: 1_050_000, layerCount: 4, fileType: 'F32', epochs: 1, threads: 2 };
const smol = { parameters: 134_515_008, layerCount: 30, fileType: 'Q4_1', epochs: 1, threads: 2 };

describe('planTraining', () => {
  it.each([
    { name: 'a tiny base trains every layer', input: { ...tiny, datasetTokens: 1000 }, layers: 4 },
    { name: 'a 30-layer model trains as many as the graph holds', input: { ...smol, datasetTokens: 1000 }, layers: 10 },
    { name: 'an 80-layer model still trains some', input: { ...smol, layerCount: 80, datasetTokens: 10 }, layers: 28 },
  ])('$name', ({ input, layers }) => {
    expect(planTraining(input).trainableLayers).toBe(layers);
  });

  it('estimates within a factor of two of what was measured', () => {
    // Measured on two quiet cores: 7,100 tokens/s at 0.9 M parameters; 75 to 140 tokens/s at 135 M with 10 blocks.
    const tinySeconds = planTraining({ ...tiny, parameters: 900_000, datasetTokens: 710_000 }).estimatedSeconds;
    expect(tinySeconds).toBeGreaterThan(50);
    expect(tinySeconds).toBeLessThan(200);
    const smolSeconds = planTraining({ ...smol, datasetTokens: 10_000 }).estimatedSeconds;
    expect(smolSeconds).toBeGreaterThan(50);
    expect(smolSeconds).toBeLessThan(200);
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
