import { expect, test } from 'vitest';
import { defaultTrainableLayers } from './trainable-layers.ts';

test.each([
  ['a tiny model trains all its layers', 0.9e6, 4, 4],
  ['SmolLM2-135M trains its last third', 135e6, 30, 10],
  ['a large model with one layer trains that one', 900e6, 1, 1],
])('%s', (_, parameters, layers, want) => {
  expect(defaultTrainableLayers(parameters, layers)).toBe(want);
});
