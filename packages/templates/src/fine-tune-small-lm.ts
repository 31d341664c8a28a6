import { threadsForSlots } from '@slipway/domain/catalog';
import { z } from 'zod';
import { ALL_LAYERS, type TrainProgram, trainProgramSchema } from './program-config.ts';
import type { TrainingTemplate } from './template.ts';

const params = z.strictObject({
  epochs: z.coerce
    .number()
    .int()
    .min(1)
    .max(20)
    .default(2)
    .meta({ title: 'Epochs' })
    .describe('How often the run goes through the whole data set.'),
  learningRate: z.coerce
    .number()
    .min(1e-6)
    .max(1e-2)
    .default(1e-3)
    .meta({ title: 'Learning rate' })
    .describe('Step size of the optimiser. Small bases bear 0.001; larger ones want 0.00002.'),
  contextTokens: z
    .literal([256, 512])
    .default(256)
    .meta({ title: 'Context', unit: 'tokens', advanced: true })
    .describe('Length of one training sequence. Longer needs more memory and time.'),
  validationFraction: z.coerce
    .number()
    .min(0.05)
    .max(0.5)
    .default(0.1)
    .meta({ title: 'Validation share', advanced: true })
    .describe('Share of the data that is held back to measure what was really learnt.'),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1)
    .meta({ title: 'Seed', advanced: true })
    .describe('Orders the data. The same seed gives the same order.'),
});

/** fineTuneSmallLm continues the training of a small GGUF language model on a text data set. */
export const fineTuneSmallLm: TrainingTemplate = {
  id: 'fine-tune-small-lm',
  version: '1.0.0',
  kind: 'training',
  title: 'Fine-tune a small language model',
  description: 'Continue the training of a small GGUF model on your text, and register the result as a new version.',
  params,
  render(input) {
    const chosen = params.parse(input.params);
    const config: TrainProgram = trainProgramSchema.parse({
      basePath: input.basePath,
      datasetPath: input.datasetPath,
      datasetFormat: input.datasetFormat,
      outputPath: input.outputPath,
      workDirectory: input.workDirectory,
      threads: threadsForSlots(input.flavor.kind, input.slots),
      gpuLayers: input.flavor.kind === 'cpu' ? 0 : ALL_LAYERS,
      ...chosen,
    });
    return {
      key: input.key,
      kind: 'job',
      program: 'train',
      config,
      flavor: input.flavor.name,
      slots: input.slots,
      timeLimitSeconds: input.timeLimitSeconds,
    };
  },
};
