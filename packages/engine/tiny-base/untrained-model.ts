import { type GgufTensor, type GgufValue, writeGguf } from '../src/llama/gguf-file.ts';
import { randomNumbers } from '../src/training/windows.ts';
import { SPECIAL_TOKENS, type Tokenizer } from './tokenizer.ts';

/** TINY_SHAPE is the shape of the tiny base: a Llama with about a million parameters. */
export const TINY_SHAPE = {
  contextTokens: 1024,
  embeddingSize: 128,
  layerCount: 4,
  headCount: 4,
  kvHeadCount: 2,
  feedForwardSize: 384,
  vocabSize: 1024,
} as const;

// ChatML without a default system message, so that an empty conversation costs nothing.
const CHAT_TEMPLATE =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

const NORMAL_TOKEN = 1;
const CONTROL_TOKEN = 3;
// The embedding is the output matrix too: small enough that the first loss is near ln(vocabSize).
const EMBEDDING_DEVIATION = 0.04;

/** UntrainedShape is the shape of a Llama; the vocabulary comes from the tokenizer. */
export type UntrainedShape = { readonly [size in Exclude<keyof typeof TINY_SHAPE, 'vocabSize'>]: number };

/** writeUntrainedModel writes a GGUF with the tokenizer and seeded random weights. */
export function writeUntrainedModel(
  path: string,
  tokenizer: Tokenizer,
  seed: number,
  shape: UntrainedShape = TINY_SHAPE,
): void {
  writeGguf(path, metadata(tokenizer, shape), tensors(tokenizer.tokens.length, seed, shape));
}

function metadata({ tokens, merges }: Tokenizer, shape: UntrainedShape): Map<string, GgufValue> {
  const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
  const string = (value: string): GgufValue => ({ type: 'string', value });
  const specialId = (token: (typeof SPECIAL_TOKENS)[number]) => uint32(SPECIAL_TOKENS.indexOf(token));
  return new Map<string, GgufValue>([
    ['general.architecture', string('llama')],
    ['general.type', string('model')],
    ['general.name', string('Slipway Tiny')],
    ['general.organization', string('Slipway')],
    ['general.license', string('apache-2.0')],
    ['general.description', string('A tiny chat model for tests, demonstrations and short training runs')],
    ['general.file_type', uint32(0)],
    ['llama.context_length', uint32(shape.contextTokens)],
    ['llama.embedding_length', uint32(shape.embeddingSize)],
    ['llama.block_count', uint32(shape.layerCount)],
    ['llama.feed_forward_length', uint32(shape.feedForwardSize)],
    ['llama.attention.head_count', uint32(shape.headCount)],
    ['llama.attention.head_count_kv', uint32(shape.kvHeadCount)],
    ['llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: 1e-5 }],
    ['llama.rope.dimension_count', uint32(shape.embeddingSize / shape.headCount)],
    ['llama.rope.freq_base', { type: 'float32', value: 10000 }],
    ['llama.vocab_size', uint32(tokens.length)],
    ['tokenizer.ggml.model', string('gpt2')],
    ['tokenizer.ggml.pre', string('smollm')],
    ['tokenizer.ggml.tokens', { type: 'strings', value: tokens }],
    [
      'tokenizer.ggml.token_type',
      { type: 'int32s', value: tokens.map((_, id) => (id < SPECIAL_TOKENS.length ? CONTROL_TOKEN : NORMAL_TOKEN)) },
    ],
    ['tokenizer.ggml.merges', { type: 'strings', value: merges }],
    ['tokenizer.ggml.bos_token_id', specialId('<|endoftext|>')],
    ['tokenizer.ggml.eos_token_id', specialId('<|im_end|>')],
    ['tokenizer.ggml.padding_token_id', specialId('<|endoftext|>')],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
    ['tokenizer.chat_template', string(CHAT_TEMPLATE)],
  ]);
}

function tensors(vocabSize: number, seed: number, shape: UntrainedShape): GgufTensor[] {
  const { embeddingSize, layerCount, headCount, kvHeadCount, feedForwardSize } = shape;
  const kvSize = (embeddingSize / headCount) * kvHeadCount;
  const normal = normalNumbers(seed);
  const matrix = (name: string, size: [number, number], deviation: number): GgufTensor => ({
    name,
    shape: size,
    data: Float32Array.from({ length: size[0] * size[1] }, () => normal() * deviation),
  });
  const ones = (name: string): GgufTensor => ({
    name,
    shape: [embeddingSize],
    data: new Float32Array(embeddingSize).fill(1),
  });
  // What is added to the residual stream starts smaller the more layers add to it.
  const residual = 1 / Math.sqrt(2 * layerCount);
  const inward = 1 / Math.sqrt(embeddingSize);
  const all: GgufTensor[] = [
    matrix('token_embd.weight', [embeddingSize, vocabSize], EMBEDDING_DEVIATION),
    ones('output_norm.weight'),
  ];
  for (let block = 0; block < layerCount; block += 1) {
    const name = (part: string) => `blk.${block}.${part}.weight`;
    all.push(
      ones(name('attn_norm')),
      matrix(name('attn_q'), [embeddingSize, embeddingSize], inward),
      matrix(name('attn_k'), [embeddingSize, kvSize], inward),
      matrix(name('attn_v'), [embeddingSize, kvSize], inward),
      matrix(name('attn_output'), [embeddingSize, embeddingSize], inward * residual),
      ones(name('ffn_norm')),
      matrix(name('ffn_gate'), [embeddingSize, feedForwardSize], inward),
      matrix(name('ffn_up'), [embeddingSize, feedForwardSize], inward),
      matrix(name('ffn_down'), [feedForwardSize, embeddingSize], residual / Math.sqrt(feedForwardSize)),
    );
  }
  return all;
}

// Box-Muller over the seeded uniform generator.
function normalNumbers(seed: number): () => number {
  const random = randomNumbers(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
