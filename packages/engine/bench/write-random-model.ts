import { parseArgs } from 'node:util';
import { ensureRandomModel } from './models/random-model.ts';
import { SHAPES, type ShapeName, type WeightType } from './models/shapes.ts';

// Usage: node write-random-model.ts --shape qwen05 --type q4_0 --out model.gguf [--seed 42]
const { values: flags } = parseArgs({
  options: {
    shape: { type: 'string', default: 'qwen05' },
    type: { type: 'string', default: 'q4_0' },
    seed: { type: 'string', default: '42' },
    out: { type: 'string' },
  },
});

if (flags.out === undefined) throw new Error('--out names the file to write');
if (!isShape(flags.shape)) throw new Error(`--shape must be one of ${Object.keys(SHAPES).join(', ')}`);
if (!isType(flags.type)) throw new Error('--type must be q4_0, q8_0 or f16');
ensureRandomModel(flags.out, { shape: flags.shape, type: flags.type, seed: Number(flags.seed) });
console.log(flags.out);

function isShape(name: string): name is ShapeName {
  return Object.hasOwn(SHAPES, name);
}

function isType(name: string): name is WeightType {
  return name === 'q4_0' || name === 'q8_0' || name === 'f16';
}
