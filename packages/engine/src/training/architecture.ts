import type { GgufTensorPlace } from '../llama/gguf-file.ts';
import { TrainingError } from './training-error.ts';

/** Architecture is the shape of a model that the training graph can compute. */
export interface Architecture {
  layerCount: number;
  headCount: number;
  kvHeadCount: number;
  headSize: number;
  ropeDimensions: number;
  ropeBase: number;
  normEpsilon: number;
  vocabSize: number;
}

const BLOCK_TENSORS = new Set([
  'attn_norm',
  'attn_q',
  'attn_k',
  'attn_v',
  'attn_output',
  'ffn_norm',
  'ffn_gate',
  'ffn_up',
  'ffn_down',
]);
const OUTER_TENSORS = new Set(['token_embd.weight', 'output_norm.weight', 'output.weight']);

/** readArchitecture reads a model's shape, and throws a TrainingError for one that the training graph would compute wrongly. */
export function readArchitecture(
  metadata: Readonly<Record<string, string>>,
  tensors: ReadonlyMap<string, GgufTensorPlace>,
): Architecture {
  const name = metadata['general.architecture'] ?? 'unknown';
  if (name !== 'llama') {
    throw new TrainingError(`Models of the architecture "${name}" cannot be trained here, only "llama"`);
  }
  for (const tensor of tensors.keys()) {
    const part = /^blk\.\d+\.([a-z_]+)\.weight$/.exec(tensor)?.[1];
    if (!OUTER_TENSORS.has(tensor) && (part === undefined || !BLOCK_TENSORS.has(part))) {
      throw new TrainingError(`This model cannot be trained here: its tensor "${tensor}" is not of a plain Llama`);
    }
  }
  if (metadata['llama.rope.scaling.type'] !== undefined && metadata['llama.rope.scaling.type'] !== 'none') {
    throw new TrainingError('This model cannot be trained here: it stretches its positions (RoPE scaling)');
  }
  const number = (key: string, fallback?: number): number => {
    const value = metadata[`llama.${key}`] === undefined ? fallback : Number(metadata[`llama.${key}`]);
    if (value === undefined || !Number.isFinite(value)) throw new TrainingError(`The model does not say its ${key}`);
    return value;
  };
  const headCount = number('attention.head_count');
  const headSize = number('attention.key_length', number('embedding_length') / headCount);
  return {
    layerCount: number('block_count'),
    headCount,
    kvHeadCount: number('attention.head_count_kv', headCount),
    headSize,
    ropeDimensions: number('rope.dimension_count', headSize),
    ropeBase: number('rope.freq_base', 10000),
    normEpsilon: number('attention.layer_norm_rms_epsilon'),
    vocabSize: tensors.get('token_embd.weight')?.shape[1] ?? 0,
  };
}
