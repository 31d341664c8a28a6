import { type GgufTensor, type GgufValue, writeGguf } from '../llama/gguf-file.ts';
import { randomNumbers } from '../training/windows.ts';

/** BERT_SHAPE is the shape of the untrained encoder. */
export const BERT_SHAPE = {
  contextTokens: 64,
  embeddingSize: 32,
  layerCount: 2,
  headCount: 2,
  feedForwardSize: 64,
} as const;

const MARKS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
// As llama.cpp writes WordPiece: a piece that begins a word carries this mark, one inside a word carries none.
const WORD_START = '\u2581';
const NORMAL_TOKEN = 1;
const CONTROL_TOKEN = 3;
// Untrained layers add little to each other unless their weights are large; large ones make inputs differ well.
const DEVIATION = 0.3;

/** writeUntrainedBert writes a GGUF of the bert architecture with one token a letter and seeded random weights, for tests. */
export function writeUntrainedBert(
  path: string,
  options: { seed?: number; poolingType?: number | null; contextTokens?: number } = {},
): void {
  const tokens = [...MARKS, ...LETTERS.map((letter) => WORD_START + letter), ...LETTERS];
  const { poolingType = 1, contextTokens = BERT_SHAPE.contextTokens, seed = 1 } = options;
  writeGguf(
    path,
    metadata(tokens, { poolingType, contextTokens }),
    tensors({ tokens: tokens.length, contextTokens, seed }),
  );
}

function metadata(
  tokens: readonly string[],
  { poolingType, contextTokens }: { poolingType: number | null; contextTokens: number },
): Map<string, GgufValue> {
  const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
  const string = (value: string): GgufValue => ({ type: 'string', value });
  const mark = (text: string) => uint32(MARKS.indexOf(text));
  return new Map<string, GgufValue>([
    ['general.architecture', string('bert')],
    ['general.type', string('model')],
    ['general.name', string('Untrained BERT')],
    ['general.file_type', uint32(0)],
    ['bert.context_length', uint32(contextTokens)],
    ['bert.embedding_length', uint32(BERT_SHAPE.embeddingSize)],
    ['bert.block_count', uint32(BERT_SHAPE.layerCount)],
    ['bert.feed_forward_length', uint32(BERT_SHAPE.feedForwardSize)],
    ['bert.attention.head_count', uint32(BERT_SHAPE.headCount)],
    ['bert.attention.layer_norm_epsilon', { type: 'float32', value: 1e-12 }],
    ['bert.attention.causal', { type: 'bool', value: false }],
    ...(poolingType === null ? [] : ([['bert.pooling_type', uint32(poolingType)]] as const)),
    ['tokenizer.ggml.model', string('bert')],
    ['tokenizer.ggml.pre', string('jina-v2-en')],
    ['tokenizer.ggml.token_type_count', uint32(2)],
    ['tokenizer.ggml.tokens', { type: 'strings', value: tokens }],
    [
      'tokenizer.ggml.token_type',
      { type: 'int32s', value: tokens.map((_, id) => (id < MARKS.length ? CONTROL_TOKEN : NORMAL_TOKEN)) },
    ],
    ['tokenizer.ggml.padding_token_id', mark('[PAD]')],
    ['tokenizer.ggml.unknown_token_id', mark('[UNK]')],
    ['tokenizer.ggml.bos_token_id', mark('[CLS]')],
    ['tokenizer.ggml.cls_token_id', mark('[CLS]')],
    ['tokenizer.ggml.eos_token_id', mark('[SEP]')],
    ['tokenizer.ggml.seperator_token_id', mark('[SEP]')],
    ['tokenizer.ggml.mask_token_id', mark('[MASK]')],
  ]);
}

function tensors(options: { tokens: number; contextTokens: number; seed: number }): GgufTensor[] {
  const { embeddingSize, layerCount, feedForwardSize } = BERT_SHAPE;
  const random = randomNumbers(options.seed);
  const matrix = (name: string, ...shape: number[]): GgufTensor => ({
    name: `${name}.weight`,
    shape,
    data: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => {
      // Twelve uniform numbers add up to nearly a normal one.
      let total = -6;
      for (let count = 0; count < 12; count += 1) total += random();
      return total * DEVIATION;
    }),
  });
  const norm = (name: string): GgufTensor[] => [
    { name: `${name}.weight`, shape: [embeddingSize], data: new Float32Array(embeddingSize).fill(1) },
    { name: `${name}.bias`, shape: [embeddingSize], data: new Float32Array(embeddingSize) },
  ];
  const blocks = Array.from({ length: layerCount }, (_, block) => {
    const name = (part: string) => `blk.${block}.${part}`;
    return [
      ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((part) => matrix(name(part), embeddingSize, embeddingSize)),
      ...norm(name('attn_output_norm')),
      matrix(name('ffn_up'), embeddingSize, feedForwardSize),
      matrix(name('ffn_down'), feedForwardSize, embeddingSize),
      ...norm(name('layer_output_norm')),
    ];
  });
  return [
    matrix('token_embd', embeddingSize, options.tokens),
    matrix('token_types', embeddingSize, 2),
    matrix('position_embd', embeddingSize, options.contextTokens),
    ...norm('token_embd_norm'),
    ...blocks.flat(),
  ];
}
