import { randomNumbers } from '../../src/training/windows.ts';
import type { WeightType } from './shapes.ts';

/** VALUES_PER_BLOCK is how many weights share a scale in Q4_0 and Q8_0; F16 is written in the same portions. */
export const VALUES_PER_BLOCK = 32;

/** BLOCK_BYTES is the size of one block of 32 weights. */
export const BLOCK_BYTES: Readonly<Record<WeightType, number>> = { q4_0: 18, q8_0: 34, f16: 64 };

// A prime, so that rows repeat only after so many rows: more than any vocabulary here has.
const PATTERN_BLOCKS = 250_007;
// Symmetric integers, 1 to 15 around 8 and -127 to 127, and what their standard deviation is.
const Q4_DEVIATION = 4.32;
const Q8_DEVIATION = 73.3;
// The deviation of the sum of four uniform numbers around 0.
const FOUR_UNIFORM_DEVIATION = 0.577;

/** RandomBlocks makes endless blocks of random weights by walking round one seeded pattern. */
export class RandomBlocks {
  private readonly type: WeightType;
  private readonly pattern: Buffer;
  private readonly f16Patterns = new Map<number, Buffer>();
  private readonly normals: Float32Array;
  private readonly random: () => number;

  constructor(type: WeightType, seed: number) {
    this.type = type;
    this.random = randomNumbers(seed);
    this.pattern = type === 'f16' ? Buffer.alloc(0) : this.quantPattern();
    this.normals = type === 'f16' ? this.normalPattern() : new Float32Array(0);
  }

  /** chunks yields `blockCount` blocks with this deviation; each chunk is valid only until the next one is asked for. */
  *chunks(blockCount: number, deviation: number): Generator<Buffer> {
    const pattern = this.scaled(deviation);
    const blockBytes = BLOCK_BYTES[this.type];
    let start = Math.floor(this.random() * PATTERN_BLOCKS);
    let left = blockCount;
    while (left > 0) {
      const count = Math.min(left, PATTERN_BLOCKS - start);
      yield pattern.subarray(start * blockBytes, (start + count) * blockBytes);
      left -= count;
      start = 0;
    }
  }

  private scaled(deviation: number): Buffer {
    if (this.type === 'f16') return this.scaledF16(deviation);
    const blockBytes = BLOCK_BYTES[this.type];
    const scale = deviation / (this.type === 'q4_0' ? Q4_DEVIATION : Q8_DEVIATION);
    const bits = new Uint16Array(Float16Array.of(scale).buffer)[0] ?? 0;
    for (let block = 0; block < PATTERN_BLOCKS; block += 1) this.pattern.writeUInt16LE(bits, block * blockBytes);
    return this.pattern;
  }

  private scaledF16(deviation: number): Buffer {
    const known = this.f16Patterns.get(deviation);
    if (known !== undefined) return known;
    const halves = new Float16Array(this.normals.length);
    for (const [index, value] of this.normals.entries()) halves[index] = value * deviation;
    const made = Buffer.from(halves.buffer);
    this.f16Patterns.set(deviation, made);
    return made;
  }

  private quantPattern(): Buffer {
    const blockBytes = BLOCK_BYTES[this.type];
    const bytes = Buffer.alloc(PATTERN_BLOCKS * blockBytes);
    const next =
      this.type === 'q4_0'
        ? () => (1 + Math.floor(this.random() * 15)) | ((1 + Math.floor(this.random() * 15)) << 4)
        : () => Math.floor(this.random() * 255) - 127;
    for (let block = 0; block < PATTERN_BLOCKS; block += 1) {
      for (let index = 2; index < blockBytes; index += 1) bytes[block * blockBytes + index] = next();
    }
    return bytes;
  }

  private normalPattern(): Float32Array {
    const next = () => (this.random() + this.random() + this.random() + this.random() - 2) / FOUR_UNIFORM_DEVIATION;
    const values = new Float32Array(PATTERN_BLOCKS * VALUES_PER_BLOCK);
    for (let index = 0; index < values.length; index += 1) values[index] = next();
    return values;
  }
}
