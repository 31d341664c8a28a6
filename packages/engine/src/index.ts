export { Engine, type EngineOptions, type EngineState } from './engine/engine.ts';
export { EngineError, type EngineErrorKind } from './engine/errors.ts';
export {
  type FinishReason,
  Generation,
  type GenerationChunk,
  type GenerationRecord,
  type GenerationRequest,
} from './engine/generation.ts';
export { blockHash, extendChain } from './kv-cache/block-hash.ts';
export type { ModelRunner } from './runner/port.ts';
export { GREEDY, type SamplingParameters } from './sampling/parameters.ts';
export type { UsageRecord } from './server/accounting.ts';
export { type EngineServer, type EngineServerOptions, startEngineServer } from './server/start-engine-server.ts';
