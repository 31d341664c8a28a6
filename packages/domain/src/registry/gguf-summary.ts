import type { GgufMetadata } from './contract.ts';
import { GgufRefusal } from './gguf-reader.ts';
import { FILE_TYPES } from './gguf-tensor-types.ts';
import type { GgufHeader, GgufValue } from './gguf-types.ts';

// llama.cpp keeps keys and values in F16 unless told otherwise.
const KV_VALUE_BYTES = 2;
const MAX_LAYERS = 10_000;
// More than any tokenizer's template; longer ones are kept out of the catalogue's rows.
const MAX_TEXT = 100_000;

/** summariseGguf puts a parsed header into the words that the registry shows. */
export function summariseGguf(header: GgufHeader): GgufMetadata {
  const { values, tensors } = header;
  const architecture = text(values.get('general.architecture'));
  if (architecture === null || !/^[\w-]{1,64}$/.test(architecture)) {
    throw new GgufRefusal('The header does not name the architecture of the model');
  }
  refusePart(values);
  const parameterCount = tensors.reduce((sum, tensor) => sum + tensor.values, 0);
  if (!Number.isSafeInteger(parameterCount))
    throw new GgufRefusal('The header declares more parameters than a file can hold');
  const number = (key: string) => count(values.get(`${architecture}.${key}`));
  return {
    format: 'gguf',
    ggufVersion: header.version,
    architecture,
    name: text(values.get('general.name')),
    parameterCount,
    tensorCount: tensors.length,
    quantisation: quantisationOf(header),
    contextLength: number('context_length'),
    embeddingLength: number('embedding_length'),
    blockCount: number('block_count'),
    vocabularySize: arrayLength(values.get('tokenizer.ggml.tokens')) ?? number('vocab_size'),
    tokenizer: text(values.get('tokenizer.ggml.model')),
    chatTemplate: text(values.get('tokenizer.chat_template')),
    licence: text(values.get('general.license')),
    kvBytesPerToken: kvBytesPerToken(architecture, values),
    poolingType: number('pooling_type'),
  };
}

function refusePart(values: ReadonlyMap<string, GgufValue>): void {
  const parts = count(values.get('split.count'));
  if (parts !== null && parts > 1) {
    const part = (count(values.get('split.no')) ?? 0) + 1;
    throw new GgufRefusal(
      `This is part ${part} of ${parts} of a split model: join the parts with llama-gguf-split --merge first`,
    );
  }
  const kind = text(values.get('general.type'));
  if (kind !== null && kind !== 'model')
    throw new GgufRefusal(`This GGUF holds ${JSON.stringify(kind.slice(0, 40))}, not a model`);
}

function quantisationOf(header: GgufHeader): string {
  const declared = FILE_TYPES[count(header.values.get('general.file_type')) ?? -1];
  if (declared !== undefined) return declared;
  const bytes = new Map<string, number>();
  for (const tensor of header.tensors) bytes.set(tensor.typeName, (bytes.get(tensor.typeName) ?? 0) + tensor.bytes);
  const [dominant] = [...bytes].sort(([, a], [, b]) => b - a);
  return dominant?.[0] ?? 'unknown';
}

/** Keys and values of one token over all layers; heads may differ by layer. */
function kvBytesPerToken(architecture: string, values: ReadonlyMap<string, GgufValue>): number | null {
  const get = (key: string) => values.get(`${architecture}.${key}`);
  const blocks = count(get('block_count'));
  const embedding = count(get('embedding_length'));
  const heads = get('attention.head_count');
  const headCount = typeof heads === 'object' ? count(heads.items[0]) : count(heads);
  if (blocks === null || blocks < 1 || blocks > MAX_LAYERS) return null;
  const ownLength = embedding !== null && headCount !== null && headCount > 0 ? embedding / headCount : null;
  const keyLength = count(get('attention.key_length')) ?? ownLength;
  const valueLength = count(get('attention.value_length')) ?? keyLength;
  const kvHeads = totalKvHeads(get('attention.head_count_kv') ?? heads, blocks);
  if (keyLength === null || valueLength === null || kvHeads === null) return null;
  const total = Math.ceil(KV_VALUE_BYTES * kvHeads * (keyLength + valueLength));
  return Number.isSafeInteger(total) ? total : null;
}

function totalKvHeads(value: GgufValue | undefined, blocks: number): number | null {
  if (typeof value !== 'object') {
    const each = count(value);
    return each === null ? null : each * blocks;
  }
  if (value.items.length !== blocks) return null;
  return value.items.reduce<number>((sum, item) => sum + (count(item) ?? 0), 0);
}

function text(value: GgufValue | undefined): string | null {
  // Postgres cannot store NUL, and a model's name is no place for it.
  return typeof value === 'string' && value !== '' ? value.replaceAll('\0', '').slice(0, MAX_TEXT) : null;
}

function count(value: GgufValue | undefined): number | null {
  if (typeof value !== 'number' && typeof value !== 'bigint') return null;
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) && asNumber >= 0 ? asNumber : null;
}

const arrayLength = (value: GgufValue | undefined) => (typeof value === 'object' ? value.length : null);
