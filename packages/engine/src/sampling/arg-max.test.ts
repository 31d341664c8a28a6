import { expect, test } from 'vitest';
import { argMax } from './arg-max.ts';
import { createRandom } from './random.ts';

test('the largest value is found wherever it is, in rows of any length', () => {
  const random = createRandom(3);
  for (const length of [1, 2, 7, 8, 9, 31, 1000, 49_152, 151_936, 20, 3]) {
    for (let round = 0; round < 20; round += 1) {
      const row = Float32Array.from({ length }, () => random() * 20 - 15);
      const best = Math.floor(random() * length);
      row[best] = 5 + random();
      expect(argMax(row)).toBe(best);
    }
  }
});

test('of equal values the first counts, -Infinity and NaN count for nothing', () => {
  expect(argMax(Float32Array.of(-3, 7, 7, 2))).toBe(1);
  expect(argMax(Float32Array.of(-Infinity, -9, -Infinity))).toBe(1);
  expect(argMax(Float32Array.of(Number.NaN, 1, Number.NaN, 2))).toBe(3);
  expect(argMax(Float32Array.of(-Infinity, -Infinity))).toBe(0);
  const long = new Float32Array(1000).fill(-Infinity);
  expect(argMax(long)).toBe(0);
  long[999] = -3;
  expect(argMax(long)).toBe(999);
  long.fill(Number.NaN, 0, 500);
  long[700] = 4;
  long[701] = 4;
  expect(argMax(long)).toBe(700);
});
