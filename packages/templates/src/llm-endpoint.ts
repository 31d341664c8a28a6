import { threadsForSlots } from '@slipway/domain/catalog';
import { z } from 'zod';
import { ALL_LAYERS, type EngineProgram, engineProgramSchema } from './program-config.ts';
import type { ServingTemplate } from './template.ts';

const params = z.strictObject({});

/** llmEndpoint serves a GGUF language model behind the OpenAI surface. */
export const llmEndpoint: ServingTemplate = {
  id: 'llm-endpoint',
  version: '1.1.0',
  kind: 'serving',
  title: 'LLM endpoint',
  description: 'Serve a GGUF language model with continuous batching behind the OpenAI API.',
  params,
  render(input) {
    params.parse(input.params);
    const config: EngineProgram = engineProgramSchema.parse({
      modelPath: input.modelPath,
      modelId: input.modelId,
      modelAliases: input.modelAliases,
      contextTokens: input.contextTokens,
      maxConcurrency: input.maxConcurrency,
      systemMessage: input.systemMessage,
      threads: threadsForSlots(input.flavor.kind, input.slots),
      gpuLayers: input.flavor.kind === 'cpu' ? 0 : ALL_LAYERS,
    });
    return {
      key: input.key,
      kind: 'service',
      program: 'engine',
      config,
      flavor: input.flavor.name,
      slots: input.slots,
    };
  },
};
