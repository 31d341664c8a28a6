/** WeightType is how the matrices of a random model are stored; norms and biases are always F32. */
export type WeightType = 'q4_0' | 'q8_0' | 'f16';

/** ModelShape says how large a random model is, in the words of its GGUF metadata. */
export interface ModelShape {
  architecture: 'llama' | 'qwen2' | 'qwen3';
  layerCount: number;
  embeddingSize: number;
  headCount: number;
  kvHeadCount: number;
  /** headSize is the length of one head's keys and values. */
  headSize: number;
  feedForwardSize: number;
  vocabSize: number;
  contextTokens: number;
  ropeBase: number;
  rmsEpsilon: number;
  /** isTied models use the embedding as output matrix too. */
  isTied: boolean;
}

/** SHAPES are the shapes of published models; only the weights are random. */
export const SHAPES = {
  qwen05: {
    architecture: 'qwen2',
    layerCount: 24,
    embeddingSize: 896,
    headCount: 14,
    kvHeadCount: 2,
    headSize: 64,
    feedForwardSize: 4864,
    vocabSize: 151_936,
    contextTokens: 32_768,
    ropeBase: 1_000_000,
    rmsEpsilon: 1e-6,
    isTied: true,
  },
  qwen3: {
    architecture: 'qwen3',
    layerCount: 28,
    embeddingSize: 1024,
    headCount: 16,
    kvHeadCount: 8,
    headSize: 128,
    feedForwardSize: 3072,
    vocabSize: 151_936,
    contextTokens: 40_960,
    ropeBase: 1_000_000,
    rmsEpsilon: 1e-6,
    isTied: true,
  },
  llama8b: {
    architecture: 'llama',
    layerCount: 32,
    embeddingSize: 4096,
    headCount: 32,
    kvHeadCount: 8,
    headSize: 128,
    feedForwardSize: 14_336,
    vocabSize: 128_256,
    contextTokens: 131_072,
    ropeBase: 500_000,
    rmsEpsilon: 1e-5,
    isTied: false,
  },
} as const satisfies Record<string, ModelShape>;

/** ShapeName names one of the SHAPES. */
export type ShapeName = keyof typeof SHAPES;

/** TensorPlan is one tensor of a random model before its bytes exist. */
export interface TensorPlan {
  name: string;
  /** shape is in ggml order, fastest dimension first. */
  shape: readonly number[];
  type: WeightType | 'f32';
  /** deviation of the random numbers; an F32 tensor with deviation 0 is all ones. */
  deviation: number;
}

/** planTensors lists every tensor of a model, with deviations that keep activations and logits finite at any depth. */
export function planTensors(shape: ModelShape, weightType: WeightType): TensorPlan[] {
  const { embeddingSize, headSize, feedForwardSize, vocabSize, architecture } = shape;
  const querySize = headSize * shape.headCount;
  const kvSize = headSize * shape.kvHeadCount;
  const inward = 1 / Math.sqrt(embeddingSize);
  // What is added to the residual stream starts smaller the more layers add to it.
  const residual = 1 / Math.sqrt(2 * shape.layerCount);
  const matrix = (name: string, size: readonly [number, number], deviation: number): TensorPlan => ({
    name: `${name}.weight`,
    shape: size,
    type: weightType,
    deviation,
  });
  const ones = (name: string, size: number): TensorPlan => ({ name, shape: [size], type: 'f32', deviation: 0 });
  const bias = (name: string, size: number): TensorPlan => ({ name, shape: [size], type: 'f32', deviation: 0.05 });
  const block = (number: number): TensorPlan[] => {
    const at = (part: string) => `blk.${number}.${part}`;
    return [
      ones(at('attn_norm.weight'), embeddingSize),
      matrix(at('attn_q'), [embeddingSize, querySize], inward),
      matrix(at('attn_k'), [embeddingSize, kvSize], inward),
      matrix(at('attn_v'), [embeddingSize, kvSize], inward),
      ...(architecture === 'qwen2'
        ? [bias(at('attn_q.bias'), querySize), bias(at('attn_k.bias'), kvSize), bias(at('attn_v.bias'), kvSize)]
        : []),
      ...(architecture === 'qwen3'
        ? [ones(at('attn_q_norm.weight'), headSize), ones(at('attn_k_norm.weight'), headSize)]
        : []),
      matrix(at('attn_output'), [querySize, embeddingSize], residual / Math.sqrt(querySize)),
      ones(at('ffn_norm.weight'), embeddingSize),
      matrix(at('ffn_gate'), [embeddingSize, feedForwardSize], inward),
      matrix(at('ffn_up'), [embeddingSize, feedForwardSize], inward),
      matrix(at('ffn_down'), [feedForwardSize, embeddingSize], residual / Math.sqrt(feedForwardSize)),
    ];
  };
  return [
    matrix('token_embd', [embeddingSize, vocabSize], 0.04),
    ones('output_norm.weight', embeddingSize),
    ...(shape.isTied ? [] : [matrix('output', [embeddingSize, vocabSize], 0.04)]),
    ...Array.from({ length: shape.layerCount }, (_, number) => block(number)).flat(),
  ];
}
