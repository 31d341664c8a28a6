import { Embedder } from '../embedding/embedder.ts';
import type { EmbeddingRunner } from '../embedding/port.ts';
import { createEmbeddingMetrics } from './embedding-metrics.ts';
import { type Serving, type ServingOptions, servedBase } from './serving.ts';

/** serveEmbeddings puts an embedder and its metrics behind the server. */
export function serveEmbeddings(options: ServingOptions, runner: EmbeddingRunner): Serving {
  const { maxInputTokens } = runner;
  const metrics = createEmbeddingMetrics({
    modelName: options.modelName,
    maxInputTokens,
    readState: () => embedder.state,
  });
  const embedder = new Embedder({
    runner,
    observer: metrics.observer,
    ...(options.maxWaiting === undefined ? {} : { maxWaiting: options.maxWaiting }),
  });
  return {
    model: { ...servedBase(options, { runner, contextTokens: maxInputTokens }), kind: 'embedding', embedder },
    registry: metrics.registry,
    drain: (graceSeconds) => embedder.drain(graceSeconds),
    persist: () => Promise.resolve(),
    free: () => runner.close(),
  };
}
