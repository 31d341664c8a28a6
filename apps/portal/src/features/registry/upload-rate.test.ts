import { describe, expect, test } from 'vitest';
import { addSample, bytesPerSecond, type Sample, secondsLeft } from './upload-rate.ts';

const samplesOf = (...pairs: [number, number][]) =>
  pairs.reduce<Sample[]>((samples, [at, bytes]) => addSample(samples, { at, bytes }), []);

describe('the rate of an upload', () => {
  test('is that of the last seconds, not of the whole time', () => {
    expect(bytesPerSecond(samplesOf([0, 0], [10_000, 1_000], [12_000, 5_000]))).toBe(2_000);
  });
  test('is unknown until two samples are apart', () => {
    expect(bytesPerSecond(samplesOf([0, 0]))).toBeNull();
    expect(bytesPerSecond(samplesOf([0, 0], [10, 500]))).toBeNull();
  });
  test('begins anew when the server had fewer bytes than was thought', () => {
    expect(bytesPerSecond(samplesOf([0, 9_000], [1_000, 2_000], [2_000, 3_000]))).toBe(1_000);
  });
});

test('the time left is unknown while nothing moves', () => {
  expect(secondsLeft(1_000, 0)).toBeNull();
  expect(secondsLeft(1_000, null)).toBeNull();
  expect(secondsLeft(1_000, 500)).toBe(2);
});
