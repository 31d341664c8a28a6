import { ChatTemplate } from '../chat/chat-template.ts';
import { knownSystemMessage } from '../chat/known-system-message.ts';
import { Engine } from '../engine/engine.ts';
import { openTieredCache } from '../kv-cache/tiers/open-tiered-cache.ts';
import type { ModelRunner } from '../runner/port.ts';
import type { Drafter } from '../speculation/drafter.ts';
import { createMetrics } from './metrics.ts';
import type { GeneratingModel } from './served-model.ts';
import { type Serving, type ServingOptions, servedBase } from './serving.ts';
import { registerTierMetrics } from './tier-metrics.ts';

/** LoadedGenerator is a runner with what was made beside it. */
export interface LoadedGenerator {
  runner: ModelRunner;
  contextTokens: number;
  drafter?: Drafter | null;
  /** hostCacheBytes is what the host has room for (default: what the options ask for). */
  hostCacheBytes?: number;
}

// Enough for the default host cache on a slow disk.
const PERSIST_SECONDS = 3;

/** serveGenerations puts an engine and its metrics behind the server. */
export async function serveGenerations(
  options: ServingOptions,
  loaded: LoadedGenerator,
): Promise<Serving & { model: GeneratingModel }> {
  const { runner, contextTokens, drafter = null, hostCacheBytes = options.hostCacheBytes ?? 0 } = loaded;
  const cacheBelow = await openTieredCache(runner.blockTransfer, { ...options, hostCacheBytes });
  const metrics = createMetrics({
    modelName: options.modelName,
    contextTokens,
    blockTokens: runner.blockTokens,
    totalBlocks: runner.totalBlocks,
    readState: () => engine.state,
  });
  const engine = new Engine({
    runner,
    contextTokens,
    observer: metrics.observer,
    drafter,
    cacheBelow,
    ...(options.maxSequences === undefined ? {} : { maxSequences: options.maxSequences }),
    ...(options.stepTokens === undefined ? {} : { stepTokens: options.stepTokens }),
    ...(options.mixedPrefillTokens === undefined ? {} : { mixedPrefillTokens: options.mixedPrefillTokens }),
    ...(options.maxWaiting === undefined ? {} : { maxWaiting: options.maxWaiting }),
    ...(options.tenantWeights === undefined ? {} : { tenantWeights: options.tenantWeights }),
  });
  if (cacheBelow !== null) registerTierMetrics(metrics.registry, cacheBelow);
  const template = runner.model.chatTemplate;
  const { bosText, eosText } = runner.tokenizer;
  return {
    model: {
      ...servedBase(options, { runner, contextTokens }),
      kind: 'generation',
      engine,
      chatTemplate: template === null ? null : new ChatTemplate(template, { bosText, eosText }),
      defaultSystemMessage: options.defaultSystemMessage ?? knownSystemMessage(template),
    },
    registry: metrics.registry,
    drain: (graceSeconds) => engine.drain(graceSeconds),
    persist: () => engine.persist(PERSIST_SECONDS),
    free: () => {
      drafter?.close();
      runner.close();
    },
  };
}
