import type { Pointer } from '../llama/structs.ts';
import type { Architecture } from './architecture.ts';
import type { Ggml, Tensor } from './ggml.ts';
import { TrainingError } from './training-error.ts';

// Rotates neighbouring dimensions, as GGUF files of Llama models are laid out.
const ROPE_NORMAL = 0;

/** GraphInputs are the tensors that change with every window. */
export interface GraphInputs {
  tokens: Tensor;
  positions: Tensor;
  /** mask is 0 where a token may look and -Infinity where it may not. */
  mask: Tensor;
  /** rows are the positions whose next token is predicted. */
  rows: Tensor;
}

/** buildLogits adds a Llama's forward pass over one window to a context and returns the logits of inputs.rows. */
export function buildLogits(input: {
  ggml: Ggml;
  context: Pointer;
  architecture: Architecture;
  weights: ReadonlyMap<string, Tensor>;
  inputs: GraphInputs;
  contextTokens: number;
}): Tensor {
  const { ggml, context, architecture, inputs, contextTokens } = input;
  const { headSize, headCount, kvHeadCount, normEpsilon } = architecture;
  const weight = (name: string): Tensor => {
    const tensor = input.weights.get(name);
    if (tensor === undefined) throw new TrainingError(`The model has no tensor "${name}"`);
    return tensor;
  };
  const times = (name: string, x: Tensor) => ggml.matrixMultiply(context, weight(name), x);
  const norm = (name: string, x: Tensor) => ggml.multiply(context, ggml.rmsNorm(context, x, normEpsilon), weight(name));
  const rope = (x: Tensor) =>
    ggml.rope(
      context,
      x,
      inputs.positions,
      null,
      architecture.ropeDimensions,
      ROPE_NORMAL,
      0,
      architecture.ropeBase,
      1,
      0,
      1,
      0,
      0,
    );
  // From [headSize, heads, tokens] to [headSize, tokens, heads], so that each head is a matrix.
  const byHead = (x: Tensor) => ggml.permute(context, x, 0, 2, 1, 3);
  const heads = (x: Tensor, count: number) => ggml.reshape3d(context, x, headSize, count, contextTokens);

  const attention = (block: string, x: Tensor): Tensor => {
    const query = byHead(rope(heads(times(`${block}.attn_q.weight`, x), headCount)));
    const key = byHead(rope(heads(times(`${block}.attn_k.weight`, x), kvHeadCount)));
    const value = heads(times(`${block}.attn_v.weight`, x), kvHeadCount);
    const scores = ggml.matrixMultiply(context, key, query);
    const shares = ggml.softMax(context, scores, inputs.mask, 1 / Math.sqrt(headSize), 0);
    // [tokens, headSize, heads]: each output is a mean of values, weighed by the shares.
    const valueByHead = ggml.contiguous(context, ggml.permute(context, value, 1, 2, 0, 3));
    const mixed = ggml.matrixMultiply(context, valueByHead, shares);
    const joined = ggml.contiguous(context, byHead(mixed));
    return times(`${block}.attn_output.weight`, ggml.reshape2d(context, joined, headSize * headCount, contextTokens));
  };
  const feedForward = (block: string, x: Tensor): Tensor => {
    const gate = ggml.silu(context, times(`${block}.ffn_gate.weight`, x));
    const up = times(`${block}.ffn_up.weight`, x);
    return times(`${block}.ffn_down.weight`, ggml.multiply(context, gate, up));
  };

  let stream = ggml.getRows(context, weight('token_embd.weight'), inputs.tokens);
  for (let index = 0; index < architecture.layerCount; index += 1) {
    const block = `blk.${index}`;
    stream = ggml.add(context, stream, attention(block, norm(`${block}.attn_norm.weight`, stream)));
    stream = ggml.add(context, stream, feedForward(block, norm(`${block}.ffn_norm.weight`, stream)));
  }
  // Models without an output matrix use the token embedding for it.
  const output = input.weights.has('output.weight') ? 'output.weight' : 'token_embd.weight';
  return times(output, norm('output_norm.weight', ggml.getRows(context, stream, inputs.rows)));
}
