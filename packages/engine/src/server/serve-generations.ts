import { ChatTemplate } from '../chat/chat-template.ts';
import { knownSystemMessage } from '../chat/known-system-message.ts';
import { Engine } from '../engine/engine.ts';
import type { ModelRunner } from '../runner/port.ts';
import type { Drafter } from '../speculation/drafter.ts';
import { createMetrics } from './metrics.ts';
import type { GeneratingModel } from './served-model.ts';
import { type Serving, type ServingOptions, servedBase } from './serving.ts';

/** serveGenerations puts an engine and its metrics behind the server. */
export function serveGenerations(
  options: ServingOptions,
  loaded: { runner: ModelRunner; contextTokens: number; drafter?: Drafter | null },
): Serving & { model: GeneratingModel } {
  const { runner, contextTokens, drafter = null } = loaded;
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
    ...(options.maxSequences === undefined ? {} : { maxSequences: options.maxSequences }),
    ...(options.stepTokens === undefined ? {} : { stepTokens: options.stepTokens }),
    ...(options.mixedPrefillTokens === undefined ? {} : { mixedPrefillTokens: options.mixedPrefillTokens }),
    ...(options.maxWaiting === undefined ? {} : { maxWaiting: options.maxWaiting }),
    ...(options.tenantWeights === undefined ? {} : { tenantWeights: options.tenantWeights }),
  });
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
    free: () => {
      drafter?.close();
      runner.close();
    },
  };
}
