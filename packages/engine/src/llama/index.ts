export { TokenBatch } from './batch.ts';
export { buildKernels } from './build-kernels.ts';
export {
  type DecodeOutcome,
  KV_TYPES,
  LlamaContext,
  type LlamaContextOptions,
} from './context.ts';
export { freeGpuBytes } from './devices.ts';
export { LlamaError, LlamaIncompatibleError } from './errors.ts';
export { Grammar } from './grammar.ts';
export {
  LlamaModel,
  type LlamaModelInfo,
  type LlamaModelOptions,
  type LoraAdapter,
} from './model.ts';
export { callAsync, LLAMA_VERSION, type Native, openLlama } from './native.ts';
export { SequenceStateCodec } from './sequence-state.ts';
export type { Vocab } from './vocab.ts';
