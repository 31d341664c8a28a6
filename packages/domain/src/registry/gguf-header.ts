import type { GgufMetadata } from './contract.ts';
import { GGUF_TYPE, GgufReader, GgufRefusal, NeedMore, SCALAR_BYTES } from './gguf-reader.ts';
import { summariseGguf } from './gguf-summary.ts';
import { TENSOR_TYPES } from './gguf-tensor-types.ts';
import type { GgufHeader, GgufTensor, GgufValue } from './gguf-types.ts';

// The largest known headers (vocabularies of 262,144 tokens with merges and scores) are below 32 MiB.
const MAX_HEADER_BYTES = 64 * 1024 * 1024;
const MAX_VALUES = 4_096;
// The largest known models (hundreds of layers of experts) have a few thousand tensors.
const MAX_TENSORS = 65_536;
const MAX_KEY_BYTES = 1_024;
const MAX_STRING_BYTES = 16 * 1024 * 1024;
const MAX_ARRAY_ITEMS = 4 * 1024 * 1024;
// ggml's own limits.
const MAX_TENSOR_NAME_BYTES = 63;
const MAX_DIMENSIONS = 4;
const DEFAULT_ALIGNMENT = 32;
const MAX_ALIGNMENT = 1024 * 1024;
// Only short arrays are kept (numbers of heads by layer); vocabularies are counted, not held.
const MAX_KEPT_ITEMS = 1_024;
const KEPT_KEY =
  /^(general|split)\.|\.(context_length|embedding_length|block_count|vocab_size|pooling_type)$|\.attention\.|^tokenizer\.(ggml\.(model|tokens)|chat_template)$/;

/** GgufParse is the verdict on a prefix: more is needed, it is sound, or why it is refused. */
export type GgufParse =
  | { kind: 'need_more'; bytes: number }
  | { kind: 'ok'; metadata: GgufMetadata; headerBytes: number; expectedFileBytes: number; longestFileBytes: number }
  | { kind: 'invalid'; reason: string };

/** parseGgufHeader reads a GGUF header from the file's first bytes; it never throws, and believes no count that the file cannot hold. */
export function parseGgufHeader(prefix: Uint8Array, fileBytes: number | null = null): GgufParse {
  const early = foreignFormat(prefix);
  if (early !== null) return { kind: 'invalid', reason: early };
  const limit =
    fileBytes !== null && fileBytes < MAX_HEADER_BYTES
      ? { bytes: fileBytes, reason: `but the file has ${fileBytes}: it is truncated or its header lies` }
      : { bytes: MAX_HEADER_BYTES, reason: `and a header longer than ${MAX_HEADER_BYTES} is not believed` };
  try {
    const reader = new GgufReader(prefix, limit);
    const header = readHeader(reader);
    const alignment = alignmentOf(header.values);
    const dataStart = roundUp(reader.offset, alignment);
    const dataBytes = checkLayout(header.tensors, alignment);
    const expectedFileBytes = dataStart + dataBytes.exact;
    const longestFileBytes = dataStart + dataBytes.padded;
    const problem = fileBytes === null ? null : fileSizeProblem({ expectedFileBytes, longestFileBytes }, fileBytes);
    if (problem !== null) return { kind: 'invalid', reason: problem };
    return {
      kind: 'ok',
      metadata: summariseGguf(header),
      headerBytes: reader.offset,
      expectedFileBytes,
      longestFileBytes,
    };
  } catch (err) {
    if (err instanceof NeedMore) return needMore(err.bytes, prefix.length, limit.bytes);
    if (err instanceof GgufRefusal) return { kind: 'invalid', reason: `${err.message}.` };
    throw err;
  }
}

/** fileSizeProblem says why a file of this many bytes is not what its header declares, or null. */
export function fileSizeProblem(
  declared: { expectedFileBytes: number; longestFileBytes: number },
  fileBytes: number,
): string | null {
  const { expectedFileBytes, longestFileBytes } = declared;
  if (fileBytes < expectedFileBytes) {
    return `The file is truncated: its header declares ${expectedFileBytes} bytes, it has ${fileBytes}.`;
  }
  if (fileBytes > longestFileBytes) {
    return `The file has ${fileBytes} bytes, but its header declares only ${longestFileBytes}: something else is appended.`;
  }
  return null;
}

/** foreignFormat names what the first bytes are if they are not GGUF, in words that say what to do; null means go on. */
export function foreignFormat(prefix: Uint8Array): string | null {
  const begins = (...bytes: number[]) => bytes.every((byte, at) => at >= prefix.length || prefix[at] === byte);
  if (prefix.length === 0 || begins(0x47, 0x47, 0x55, 0x46)) return null;
  const compressed: [string, number[]][] = [
    ['zip', [0x50, 0x4b, 0x03, 0x04]],
    ['gzip', [0x1f, 0x8b]],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
    ['xz', [0xfd, 0x37, 0x7a, 0x58]],
    ['bzip2', [0x42, 0x5a, 0x68]],
    ['7z', [0x37, 0x7a, 0xbc, 0xaf]],
  ];
  const found = compressed.find(([, magic]) => prefix.length >= magic.length && begins(...magic));
  if (found) return `This is a compressed file (${found[0]}): unpack it first.`;
  if (prefix.length >= 8 && begins(0x80)) return 'This is a Python pickle (PyTorch), not a GGUF: convert it first.';
  const text = new TextDecoder('latin1').decode(prefix.subarray(0, 128));
  if (/^\s*(<!doctype|<html)/i.test(text))
    return 'This is a web page, not a GGUF file: check the address and the token.';
  if (text.startsWith('version https://git-lfs')) {
    return 'This is a Git LFS pointer, not the file itself: fetch it with git lfs pull first.';
  }
  if (/^.{8}\{"/s.test(text)) return 'This is a safetensors file, not a GGUF: convert it first.';
  return 'This is not a GGUF file: it does not begin with the letters GGUF.';
}

function readHeader(reader: GgufReader): GgufHeader {
  reader.skip(4, 'The magic');
  const version = reader.u32('The version');
  if (version >= 0x01000000) throw new GgufRefusal('This GGUF is big-endian: convert it to little-endian first');
  if (version !== 2 && version !== 3) throw new GgufRefusal(`This is GGUF version ${version}; 2 and 3 can be read`);
  const tensorCount = reader.count('The number of tensors', MAX_TENSORS);
  const valueCount = reader.count('The number of metadata values', MAX_VALUES);
  if (tensorCount === 0) throw new GgufRefusal('The header declares no tensors, so there is no model in it');
  const values = new Map<string, GgufValue>();
  const keys = new Set<string>();
  for (let i = 0; i < valueCount; i += 1) {
    const key = reader.string(`metadata key ${i + 1}`, MAX_KEY_BYTES);
    if (keys.has(key)) throw new GgufRefusal(`The metadata key ${quote(key)} stands twice`);
    keys.add(key);
    const isKept = KEPT_KEY.test(key);
    const value = readValue(reader, key, isKept);
    if (isKept) values.set(key, value);
  }
  return { version, values, tensors: readTensors(reader, tensorCount) };
}

function readValue(reader: GgufReader, key: string, isKept: boolean): GgufValue {
  const what = `The value of ${quote(key)}`;
  const type = reader.u32(`The type of ${quote(key)}`);
  if (type === GGUF_TYPE.string) {
    if (isKept) return reader.string(what, MAX_STRING_BYTES);
    reader.skip(reader.count(what, MAX_STRING_BYTES), what);
    return '';
  }
  if (type !== GGUF_TYPE.array) return reader.scalar(type, what);
  const itemType = reader.u32(`The item type of ${quote(key)}`);
  const length = reader.count(`The length of the array ${quote(key)}`, MAX_ARRAY_ITEMS);
  if (itemType === GGUF_TYPE.array) throw new GgufRefusal(`${what} is an array of arrays`);
  if (itemType === GGUF_TYPE.string) {
    // Every item takes at least the eight bytes of its length, so a lying count ends at the file's end.
    for (let i = 0; i < length; i += 1) reader.skip(reader.count(what, MAX_STRING_BYTES), what);
    return { length, items: [] };
  }
  const itemBytes = SCALAR_BYTES[itemType];
  if (itemBytes === undefined) throw new GgufRefusal(`${what} has the unknown item type ${itemType}`);
  const items: (number | bigint | boolean)[] = [];
  if (length > MAX_KEPT_ITEMS) reader.skip(length * itemBytes, what);
  else for (let i = 0; i < length; i += 1) items.push(reader.scalar(itemType, what));
  return { length, items };
}

function readTensors(reader: GgufReader, count: number): GgufTensor[] {
  const tensors: GgufTensor[] = [];
  const names = new Set<string>();
  for (let i = 0; i < count; i += 1) {
    const name = reader.string(`the name of tensor ${i + 1}`, MAX_TENSOR_NAME_BYTES);
    if (names.has(name)) throw new GgufRefusal(`The tensor ${quote(name)} stands twice`);
    names.add(name);
    tensors.push(readTensor(reader, name));
  }
  return tensors;
}

function readTensor(reader: GgufReader, name: string): GgufTensor {
  const what = `The tensor ${quote(name)}`;
  const dimensions = reader.u32(what);
  if (dimensions < 1 || dimensions > MAX_DIMENSIONS)
    throw new GgufRefusal(`${what} has ${dimensions} dimensions; 1 to 4 are possible`);
  let values = 1n;
  let rowValues = 0n;
  for (let i = 0; i < dimensions; i += 1) {
    const extent = reader.u64(what);
    if (extent === 0n) throw new GgufRefusal(`${what} has an empty dimension`);
    if (i === 0) rowValues = extent;
    values *= extent;
    if (values > BigInt(Number.MAX_SAFE_INTEGER))
      throw new GgufRefusal(`${what} declares more values than a file can hold`);
  }
  const typeNumber = reader.u32(what);
  const layout = TENSOR_TYPES[typeNumber];
  if (layout === undefined) throw new GgufRefusal(`${what} has the unknown type ${typeNumber}`);
  if (rowValues % BigInt(layout.blockValues) !== 0n) {
    throw new GgufRefusal(
      `${what} has rows of ${rowValues} values, which ${layout.name} cannot divide into blocks of ${layout.blockValues}`,
    );
  }
  const offset = reader.u64(what);
  const bytes = (values / BigInt(layout.blockValues)) * BigInt(layout.blockBytes);
  if (bytes > BigInt(Number.MAX_SAFE_INTEGER) || offset > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new GgufRefusal(`${what} lies beyond any file`);
  }
  return { typeName: layout.name, values: Number(values), offset: Number(offset), bytes: Number(bytes) };
}

function alignmentOf(values: ReadonlyMap<string, GgufValue>): number {
  const value = values.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  const alignment = typeof value === 'bigint' ? Number(value) : value;
  if (typeof alignment !== 'number' || !Number.isInteger(alignment) || alignment < 1 || alignment > MAX_ALIGNMENT) {
    throw new GgufRefusal('general.alignment is not a sensible number');
  }
  if ((alignment & (alignment - 1)) !== 0)
    throw new GgufRefusal(`general.alignment is ${alignment}, not a power of two`);
  return alignment;
}

/** Tensors must lie one behind the other, as every writer does and llama.cpp demands: overlaps and holes are lies. */
function checkLayout(tensors: readonly GgufTensor[], alignment: number): { exact: number; padded: number } {
  let exact = 0;
  let padded = 0;
  tensors.forEach((tensor, i) => {
    if (tensor.offset !== padded) {
      throw new GgufRefusal(`Tensor ${i + 1} claims to begin at ${tensor.offset}; the ones before it end at ${padded}`);
    }
    exact = padded + tensor.bytes;
    padded = roundUp(exact, alignment);
    if (!Number.isSafeInteger(padded)) throw new GgufRefusal('The tensors together are larger than any file');
  });
  return { exact, padded };
}

function needMore(wanted: number, have: number, limit: number): GgufParse {
  // Doubling keeps the number of parses small however long the header is.
  const bytes = Math.min(Math.max(wanted, have * 2), limit);
  return { kind: 'need_more', bytes };
}

const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;
const quote = (text: string) => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
