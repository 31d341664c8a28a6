import { z } from 'zod';

/** ALL_LAYERS is llama.cpp's word for "every layer on the GPU": any number above the layer count. */
export const ALL_LAYERS = 999;

/** engineProgramSchema is what the `engine` program is told; the worker's engine role parses it. */
export const engineProgramSchema = z.object({
  modelPath: z.string().min(1),
  modelId: z.string().min(1),
  modelAliases: z.array(z.string().min(1)),
  contextTokens: z.int().positive(),
  maxConcurrency: z.int().positive(),
  systemMessage: z.string().min(1).nullable(),
  threads: z.int().positive(),
  gpuLayers: z.int().nonnegative(),
});
/** EngineProgram is what the `engine` program is told. */
export type EngineProgram = z.infer<typeof engineProgramSchema>;

/** trainProgramSchema is what the `train` program is told; the worker's train role parses it. */
export const trainProgramSchema = z.object({
  basePath: z.string().min(1),
  datasetPath: z.string().min(1),
  datasetFormat: z.enum(['text', 'jsonl']),
  outputPath: z.string().min(1),
  workDirectory: z.string().min(1),
  threads: z.int().positive(),
  gpuLayers: z.int().nonnegative(),
  epochs: z.int().positive(),
  learningRate: z.number().positive(),
  contextTokens: z.int().positive(),
  validationFraction: z.number().positive().max(0.5),
  seed: z.int().nonnegative(),
});
/** TrainProgram is what the `train` program is told. */
export type TrainProgram = z.infer<typeof trainProgramSchema>;
