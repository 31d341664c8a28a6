/** GgufEntry is one metadata value of a built GGUF. */
export type GgufEntry =
  | { key: string; type: 'string'; value: string }
  | { key: string; type: 'uint32'; value: number }
  | { key: string; type: 'strings'; value: string[] }
  | { key: string; type: 'uint32s'; value: number[] };

/** GgufTensorSpec is one F32 tensor of a built GGUF; the other fields make it lie. */
export interface GgufTensorSpec {
  name: string;
  extents: (number | bigint)[];
  typeNumber?: number;
  offset?: number | bigint;
  /** bytes is how much data is written for it; by default what an F32 tensor of these extents takes. */
  bytes?: number;
}

const TYPE = { uint32: 4, string: 8, array: 9 } as const;
const ALIGNMENT = 32;
const F32_BYTES = 4;

/** tinyGgufEntries is the metadata of a small but complete language model. */
export function tinyGgufEntries(overrides: GgufEntry[] = []): GgufEntry[] {
  const entries: GgufEntry[] = [
    { key: 'general.architecture', type: 'string', value: 'llama' },
    { key: 'general.name', type: 'string', value: 'Tiny test model' },
    { key: 'general.file_type', type: 'uint32', value: 0 },
    { key: 'general.license', type: 'string', value: 'apache-2.0' },
    { key: 'llama.context_length', type: 'uint32', value: 512 },
    { key: 'llama.embedding_length', type: 'uint32', value: 8 },
    { key: 'llama.block_count', type: 'uint32', value: 2 },
    { key: 'llama.attention.head_count', type: 'uint32', value: 2 },
    { key: 'llama.attention.head_count_kv', type: 'uint32', value: 1 },
    { key: 'tokenizer.ggml.model', type: 'string', value: 'gpt2' },
    { key: 'tokenizer.ggml.tokens', type: 'strings', value: ['a', 'b', 'c', 'd'] },
    { key: 'tokenizer.chat_template', type: 'string', value: '{{ messages }}' },
  ];
  const replaced = new Set(overrides.map((entry) => entry.key));
  return [...entries.filter((entry) => !replaced.has(entry.key)), ...overrides];
}

/** buildGguf writes a small GGUF file; by default a sound one whose content differs with `seed`. */
export function buildGguf(
  options: {
    entries?: GgufEntry[];
    tensors?: GgufTensorSpec[];
    version?: number;
    seed?: number;
    tensorCount?: bigint;
    valueCount?: bigint;
  } = {},
): Uint8Array {
  const entries = options.entries ?? tinyGgufEntries();
  const tensors = options.tensors ?? [
    { name: 'token_embd.weight', extents: [8, 4] },
    { name: 'blk.0.attn_norm.weight', extents: [8] },
  ];
  const parts: Uint8Array[] = [
    new TextEncoder().encode('GGUF'),
    u32(options.version ?? 3),
    u64(options.tensorCount ?? BigInt(tensors.length)),
    u64(options.valueCount ?? BigInt(entries.length)),
    ...entries.flatMap(entryBytes),
  ];
  let offset = 0;
  const data: Uint8Array[] = [];
  for (const tensor of tensors) {
    const values = tensor.extents.reduce<number>((product, extent) => product * Number(extent), 1);
    const bytes = tensor.bytes ?? values * F32_BYTES;
    parts.push(text(tensor.name), u32(tensor.extents.length), ...tensor.extents.map((extent) => u64(BigInt(extent))));
    parts.push(u32(tensor.typeNumber ?? 0), u64(BigInt(tensor.offset ?? offset)));
    const padded = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    data.push(new Uint8Array(padded).fill((options.seed ?? 0) % 256));
    offset += padded;
  }
  const header = Buffer.concat(parts);
  return Buffer.concat([header, new Uint8Array(-header.length & (ALIGNMENT - 1)), ...data]);
}

function entryBytes(entry: GgufEntry): Uint8Array[] {
  const key = text(entry.key);
  if (entry.type === 'string') return [key, u32(TYPE.string), text(entry.value)];
  if (entry.type === 'uint32') return [key, u32(TYPE.uint32), u32(entry.value)];
  const length = u64(BigInt(entry.value.length));
  if (entry.type === 'strings') return [key, u32(TYPE.array), u32(TYPE.string), length, ...entry.value.map(text)];
  return [key, u32(TYPE.array), u32(TYPE.uint32), length, ...entry.value.map(u32)];
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes;
}

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return Buffer.concat([u64(BigInt(bytes.length)), bytes]);
}
