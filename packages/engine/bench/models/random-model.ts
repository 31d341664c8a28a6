import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { randomNumbers } from '../../src/training/windows.ts';
import { BLOCK_BYTES, RandomBlocks, VALUES_PER_BLOCK } from './random-blocks.ts';
import { type ModelShape, planTensors, SHAPES, type ShapeName, type TensorPlan, type WeightType } from './shapes.ts';
import { fillerVocabulary } from './vocabulary.ts';

const MAGIC = 0x46554747;
const VERSION = 3;
const ALIGNMENT = 32;
const VALUE = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const TENSOR_TYPE = { f32: 0, f16: 1, q4_0: 2, q8_0: 8 } as const;
const FILE_TYPE = { f16: 1, q4_0: 2, q8_0: 7 } as const;

/** ensureRandomModel writes a random model unless the file is there already. */
export function ensureRandomModel(
  file: string,
  { shape, ...options }: { shape: ShapeName; type: WeightType; seed: number },
): void {
  if (existsSync(file)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const startedMs = performance.now();
  writeRandomModel(file, SHAPES[shape], options);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.error(`Wrote ${file}: ${(statSync(file).size / 1e6).toFixed(0)} MB in ${seconds} s`);
}

// It streams: 8 GB of model need some 100 MB of memory.
function writeRandomModel(file: string, shape: ModelShape, options: { type: WeightType; seed: number }): void {
  const tensors = planTensors(shape, options.type);
  const header = headerBytes(shape, tensors, options.type);
  // The name appears when the file is whole: an interrupted run leaves nothing that looks like a model.
  const partial = `${file}.partial`;
  const descriptor = openSync(partial, 'w');
  try {
    writeSync(descriptor, header);
    writeSync(descriptor, Buffer.alloc(align(header.length) - header.length));
    const blocks = new RandomBlocks(options.type, options.seed);
    const random = randomNumbers(options.seed + 1);
    for (const tensor of tensors) {
      const bytes = tensorBytes(tensor);
      if (tensor.type === 'f32') writeAll(descriptor, smallTensor(tensor, random));
      else
        for (const chunk of blocks.chunks(bytes / BLOCK_BYTES[tensor.type], tensor.deviation))
          writeAll(descriptor, chunk);
      writeSync(descriptor, Buffer.alloc(align(bytes) - bytes));
    }
  } finally {
    closeSync(descriptor);
  }
  renameSync(partial, file);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}

function smallTensor({ shape, deviation }: TensorPlan, random: () => number): Buffer {
  const values = Float32Array.from({ length: elements(shape) }, () =>
    deviation === 0 ? 1 : (random() - 0.5) * Math.sqrt(12) * deviation,
  );
  return Buffer.from(values.buffer);
}

function headerBytes(shape: ModelShape, tensors: readonly TensorPlan[], type: WeightType): Buffer {
  const parts: Buffer[] = [];
  const values = metadata(shape, type);
  parts.push(uint32(MAGIC), uint32(VERSION), uint64(tensors.length), uint64(values.size));
  for (const [key, value] of values) parts.push(string(key), value);
  let offset = 0;
  for (const tensor of tensors) {
    parts.push(string(tensor.name), uint32(tensor.shape.length), ...tensor.shape.map(uint64));
    parts.push(uint32(TENSOR_TYPE[tensor.type]), uint64(offset));
    offset += align(tensorBytes(tensor));
  }
  return Buffer.concat(parts);
}

function metadata(shape: ModelShape, type: WeightType): Map<string, Buffer> {
  const { architecture } = shape;
  const vocabulary = fillerVocabulary(shape.vocabSize);
  const number = (value: number) => Buffer.concat([uint32(VALUE.uint32), uint32(value)]);
  const real = (value: number) => Buffer.concat([uint32(VALUE.float32), Buffer.from(Float32Array.of(value).buffer)]);
  const text = (value: string) => Buffer.concat([uint32(VALUE.string), string(value)]);
  const list = (itemType: number, items: readonly Buffer[]) =>
    Buffer.concat([uint32(VALUE.array), uint32(itemType), uint64(items.length), ...items]);
  return new Map([
    ['general.architecture', text(architecture)],
    ['general.type', text('model')],
    ['general.name', text(`Random ${architecture}`)],
    ['general.file_type', number(FILE_TYPE[type])],
    [`${architecture}.context_length`, number(shape.contextTokens)],
    [`${architecture}.embedding_length`, number(shape.embeddingSize)],
    [`${architecture}.block_count`, number(shape.layerCount)],
    [`${architecture}.feed_forward_length`, number(shape.feedForwardSize)],
    [`${architecture}.attention.head_count`, number(shape.headCount)],
    [`${architecture}.attention.head_count_kv`, number(shape.kvHeadCount)],
    [`${architecture}.attention.key_length`, number(shape.headSize)],
    [`${architecture}.attention.value_length`, number(shape.headSize)],
    [`${architecture}.attention.layer_norm_rms_epsilon`, real(shape.rmsEpsilon)],
    [`${architecture}.rope.dimension_count`, number(shape.headSize)],
    [`${architecture}.rope.freq_base`, real(shape.ropeBase)],
    [`${architecture}.vocab_size`, number(shape.vocabSize)],
    ['tokenizer.ggml.model', text('gpt2')],
    ['tokenizer.ggml.pre', text('smollm')],
    ['tokenizer.ggml.tokens', list(VALUE.string, vocabulary.tokens.map(string))],
    ['tokenizer.ggml.token_type', list(VALUE.int32, vocabulary.types.map(uint32))],
    ['tokenizer.ggml.merges', list(VALUE.string, vocabulary.merges.map(string))],
    ['tokenizer.ggml.bos_token_id', number(vocabulary.endOfText)],
    ['tokenizer.ggml.eos_token_id', number(vocabulary.endOfTurn)],
    ['tokenizer.ggml.add_bos_token', Buffer.concat([uint32(VALUE.bool), Buffer.of(0)])],
  ]);
}

function tensorBytes({ shape, type }: TensorPlan): number {
  const count = elements(shape);
  return type === 'f32' ? count * 4 : (count / VALUES_PER_BLOCK) * BLOCK_BYTES[type];
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([uint64(bytes.length), bytes]);
}
