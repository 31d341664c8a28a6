import { z } from 'zod';

// Contexts in steps of 256 keep every matrix a multiple of the CPU kernels' tiles.
const CONTEXT_STEP_TOKENS = 256;

/** trainingSpecSchema is what a training run is told, as JSON. */
export const trainingSpecSchema = z.strictObject({
  baseModelPath: z.string().min(1),
  /** datasetPath is a UTF-8 .txt file, or .jsonl with {"text"} or {"messages"} on every line. */
  datasetPath: z.string().min(1),
  outputPath: z.string().min(1),
  epochs: z.int().min(1).max(1000),
  learningRate: z.number().positive().max(0.1),
  contextTokens: z.int().min(CONTEXT_STEP_TOKENS).multipleOf(CONTEXT_STEP_TOKENS),
  /** validationFraction is the part of the data that is never learned from; 0 turns validation off. */
  validationFraction: z.number().min(0).max(0.5),
  seed: z.int().min(0).max(0xffffffff),
  threads: z.int().min(1).max(1024),
  /** trainableLayers counts from the last block backwards; left out, defaultTrainableLayers' choice. */
  trainableLayers: z.int().min(1).optional(),
});

/** TrainingSpec is what a training run is told. */
export type TrainingSpec = z.infer<typeof trainingSpecSchema>;

/** TrainingStep names the visible steps of a run, in the order in which they happen. */
export type TrainingStep = 'tokenise' | 'dequantise' | 'train' | 'save' | 'quantise';

/** TrainingEvent is what a run reports; every event is one JSON line of the training process. */
export type TrainingEvent =
  | { type: 'step'; step: TrainingStep; status: 'started' | 'finished'; message: string }
  | {
      type: 'metric';
      /** epoch counts from 1; 0 is the measurement before training. */
      epoch: number;
      /** iteration counts optimiser steps over the whole run. */
      iteration: number;
      iterations: number;
      /** trainLoss is the mean cross entropy (nats per token) since the last metric. */
      trainLoss?: number;
      validationLoss?: number;
      tokensPerSecond: number | null;
    }
  | { type: 'log'; message: string }
  | {
      type: 'result';
      outputPath: string;
      digest: string;
      sizeBytes: number;
      finalTrainLoss: number;
      initialValidationLoss: number | null;
      finalValidationLoss: number | null;
    };

/** Emit takes the events of a run as they happen. */
export type Emit = (event: TrainingEvent) => void;
