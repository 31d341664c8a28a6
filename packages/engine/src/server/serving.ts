import type { Registry } from 'prom-client';
import type { RunnerModel, Tokenizer } from '../runner/port.ts';
import type { UsageRecord } from './accounting.ts';
import type { ServedModel } from './served-model.ts';

/** ServingOptions are those of a server that do not depend on where the model came from. */
export interface ServingOptions {
  modelName: string;
  maxSequences?: number;
  stepTokens?: number;
  mixedPrefillTokens?: number;
  maxWaiting?: number;
  hostCacheBytes?: number;
  diskCacheDir?: string;
  diskCacheBytes?: number;
  tenantWeights?: ReadonlyMap<string, number>;
  defaultSystemMessage?: string;
  requestTimeoutSeconds?: number | null;
  onFinished?: (record: UsageRecord) => void;
}

/** Serving is a loaded model with what a server needs to answer for it and to stop. */
export interface Serving {
  readonly model: ServedModel;
  readonly registry: Registry;
  /** drain resolves when no request is left; after `graceSeconds` the rest is aborted. */
  drain(graceSeconds: number): Promise<void>;
  /** persist saves what the next process can use, after drain. */
  persist(): Promise<void>;
  free(): void;
}

const DEFAULT_REQUEST_TIMEOUT_SECONDS = 600;

/** servedBase is what both kinds of served model have. */
export function servedBase(
  options: ServingOptions,
  loaded: { runner: { model: RunnerModel; tokenizer: Tokenizer }; contextTokens: number },
) {
  const { requestTimeoutSeconds } = options;
  return {
    name: options.modelName,
    createdSeconds: Math.floor(Date.now() / 1000),
    model: loaded.runner.model,
    tokenizer: loaded.runner.tokenizer,
    contextTokens: loaded.contextTokens,
    requestTimeoutSeconds:
      requestTimeoutSeconds === undefined ? DEFAULT_REQUEST_TIMEOUT_SECONDS : requestTimeoutSeconds,
    onFinished: options.onFinished ?? (() => undefined),
  };
}
