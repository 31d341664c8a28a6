import { randomNumbers } from '../../src/training/windows.ts';

// Ids below it are marks and bytes in every vocabulary measured here.
const FIRST_TOKEN = 300;

/** randomPrompt is `tokens` token ids out of the vocabulary; the same seed gives the same prompt. */
export function randomPrompt(tokens: number, vocabSize: number, seed: number): Int32Array {
  const random = randomNumbers(seed);
  return Int32Array.from({ length: tokens }, () => FIRST_TOKEN + Math.floor(random() * (vocabSize - FIRST_TOKEN)));
}
