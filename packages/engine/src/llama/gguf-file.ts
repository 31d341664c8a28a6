import { closeSync, existsSync, openSync, readSync, writeSync } from 'node:fs';
import { LlamaError } from './errors.ts';

const MAGIC = 0x46554747;
const VERSION = 3;
const ALIGNMENT = 32;
// Chat templates are the longest texts, and far shorter; a file that lies must not make us reserve gigabytes.
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
const VALUE_TYPES = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const SCALAR_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/** GgufValue is one metadata value that writeGguf can write. */
export type GgufValue =
  | { type: 'uint32' | 'int32' | 'float32'; value: number }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | { type: 'strings'; value: readonly string[] }
  | { type: 'int32s'; value: readonly number[] };

/** GgufTensor is one F32 tensor to write; shape is in ggml order (fastest dimension first). */
export interface GgufTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array;
}

/** GgufTensorPlace says where a tensor's bytes lie in a GGUF file. */
export interface GgufTensorPlace {
  /** type is the ggml type; 0 is F32. */
  type: number;
  /** shape is in ggml order, fastest dimension first. */
  shape: number[];
  elementCount: number;
  offsetBytes: number;
}

/** writeGguf writes an F32 GGUF file. */
export function writeGguf(
  path: string,
  metadata: ReadonlyMap<string, GgufValue>,
  tensors: readonly GgufTensor[],
): void {
  const header = new ByteWriter();
  header.uint32(MAGIC);
  header.uint32(VERSION);
  header.uint64(tensors.length);
  header.uint64(metadata.size);
  for (const [key, value] of metadata) {
    header.string(key);
    header.value(value);
  }
  let offset = 0;
  for (const tensor of tensors) {
    header.string(tensor.name);
    header.uint32(tensor.shape.length);
    for (const size of tensor.shape) header.uint64(size);
    header.uint32(0);
    header.uint64(offset);
    offset += align(tensor.data.byteLength);
  }
  const file = openSync(path, 'w');
  try {
    writeSync(file, padded(header.bytes()));
    for (const tensor of tensors) {
      writeSync(file, padded(Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength)));
    }
  } finally {
    closeSync(file);
  }
}

/** readGgufValues reads the wanted text and number values of a file's metadata; null when it is not a GGUF. */
export function readGgufValues(path: string, isWanted: (key: string) => boolean): Map<string, string | number> | null {
  if (!existsSync(path)) return null;
  const file = openSync(path, 'r');
  try {
    const reader = new FileReader(file);
    if (reader.uint32() !== MAGIC) return null;
    reader.uint32();
    reader.uint64();
    const valueCount = reader.uint64();
    const values = new Map<string, string | number>();
    for (let index = 0; index < valueCount; index += 1) {
      const key = reader.string();
      const type = reader.uint32();
      if (isWanted(key) && type === VALUE_TYPES.string) values.set(key, reader.string());
      else if (isWanted(key) && type === VALUE_TYPES.uint32) values.set(key, reader.uint32());
      else reader.skipValue(type);
    }
    return values;
  } catch (error) {
    if (error instanceof LlamaError) return null;
    throw error;
  } finally {
    closeSync(file);
  }
}

/** readGgufTensorPlaces finds every tensor's bytes in a file that llama.cpp itself has already accepted. */
export function readGgufTensorPlaces(path: string): Map<string, GgufTensorPlace> {
  const file = openSync(path, 'r');
  try {
    const reader = new FileReader(file);
    if (reader.uint32() !== MAGIC) throw new LlamaError(`${path} is not a GGUF file`);
    reader.uint32();
    const tensorCount = reader.uint64();
    const valueCount = reader.uint64();
    let alignment = ALIGNMENT;
    for (let index = 0; index < valueCount; index += 1) {
      const key = reader.string();
      const type = reader.uint32();
      if (key === 'general.alignment') alignment = reader.uint32();
      else reader.skipValue(type);
    }
    const found: { name: string; place: GgufTensorPlace }[] = [];
    for (let index = 0; index < tensorCount; index += 1) {
      const name = reader.string();
      const dimensions = reader.uint32();
      const shape = Array.from({ length: dimensions }, () => reader.uint64());
      const elementCount = shape.reduce((product, size) => product * size, 1);
      found.push({ name, place: { type: reader.uint32(), shape, elementCount, offsetBytes: reader.uint64() } });
    }
    const dataStart = Math.ceil(reader.position / alignment) * alignment;
    return new Map(
      found.map(({ name, place }) => [name, { ...place, offsetBytes: place.offsetBytes + dataStart }] as const),
    );
  } finally {
    closeSync(file);
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(align(bytes.length) - bytes.length)]);
}

class ByteWriter {
  private readonly parts: Buffer[] = [];

  bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  uint32(value: number): void {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32LE(value);
    this.parts.push(buffer);
  }

  uint64(value: number): void {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64LE(BigInt(value));
    this.parts.push(buffer);
  }

  int32(value: number): void {
    const buffer = Buffer.alloc(4);
    buffer.writeInt32LE(value);
    this.parts.push(buffer);
  }

  string(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    this.uint64(bytes.length);
    this.parts.push(bytes);
  }

  value(value: GgufValue): void {
    if (value.type === 'strings') {
      this.arrayHeader(VALUE_TYPES.string, value.value.length);
      for (const item of value.value) this.string(item);
      return;
    }
    if (value.type === 'int32s') {
      this.arrayHeader(VALUE_TYPES.int32, value.value.length);
      for (const item of value.value) this.int32(item);
      return;
    }
    this.uint32(VALUE_TYPES[value.type]);
    if (value.type === 'string') this.string(value.value);
    else if (value.type === 'bool') this.parts.push(Buffer.from([value.value ? 1 : 0]));
    else if (value.type === 'uint32') this.uint32(value.value);
    else if (value.type === 'int32') this.int32(value.value);
    else {
      const buffer = Buffer.alloc(4);
      buffer.writeFloatLE(value.value);
      this.parts.push(buffer);
    }
  }

  private arrayHeader(itemType: number, length: number): void {
    this.uint32(VALUE_TYPES.array);
    this.uint32(itemType);
    this.uint64(length);
  }
}

class FileReader {
  position = 0;
  private readonly file: number;
  private window = Buffer.alloc(0);
  private windowStart = 0;

  constructor(file: number) {
    this.file = file;
  }

  uint32(): number {
    return this.take(4).readUInt32LE();
  }

  uint64(): number {
    return Number(this.take(8).readBigUInt64LE());
  }

  string(): string {
    return this.take(this.uint64()).toString('utf8');
  }

  skipValue(type: number): void {
    const scalarBytes = SCALAR_BYTES[type];
    if (scalarBytes !== undefined) {
      this.position += scalarBytes;
    } else if (type === VALUE_TYPES.string) {
      const length = this.uint64();
      this.position += length;
    } else if (type === VALUE_TYPES.array) {
      const itemType = this.uint32();
      const length = this.uint64();
      const itemBytes = SCALAR_BYTES[itemType];
      if (itemBytes !== undefined) this.position += itemBytes * length;
      else for (let index = 0; index < length; index += 1) this.skipValue(itemType);
    } else {
      throw new LlamaError(`Unknown GGUF value type ${type}`);
    }
  }

  private take(count: number): Buffer {
    if (count > MAX_TEXT_BYTES) throw new LlamaError(`The GGUF file declares a text of ${count} bytes`);
    const end = this.position + count;
    if (this.position < this.windowStart || end > this.windowStart + this.window.length) {
      // Tokenizer tables are read item by item, so the file is read a mebibyte at a time.
      const window = Buffer.alloc(Math.max(count, 1 << 20));
      const read = readSync(this.file, window, 0, window.length, this.position);
      if (read < count) throw new LlamaError('The GGUF file ends in the middle of its header');
      this.window = window.subarray(0, read);
      this.windowStart = this.position;
    }
    const start = this.position - this.windowStart;
    this.position = end;
    return this.window.subarray(start, start + count);
  }
}
