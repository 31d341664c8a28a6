import type { GgufMetadata } from '../registry/contract.ts';
import type { RUN_STEPS } from './contract.ts';

// Below this every weight learns; above, the last third does, which keeps the moments and the time within a workstation.
const FULL_TRAINING_PARAMETERS = 50_000_000;
const TRAINED_SHARE_OF_LARGE = 1 / 3;
// Measured on one core, forward and backward together: 0.9 M parameters at 4,100 tokens/s; 135 M with 10 of 30 blocks at
// 102 tokens/s. Small matrices keep a core half as busy.
const LARGE_MATRIX_PARAMETERS = 10_000_000;
const FLOPS_PER_THREAD = { small: 20e9, large: 40e9 };
// English prose with the vocabularies seen so far.
const BYTES_PER_TOKEN = 3.5;
// Measured: 135 M parameters to F32 and back in 4 s.
const CONVERSION_SECONDS_PER_PARAMETER = 3e-8;
const FIXED_SECONDS = 2;
const FIXED_MEMORY_BYTES = 250_000_000;
const FLOAT_BYTES = 4;
// Gradient, two AdamW moments, and about as much again twice for activations (measured: 1.4 GB for 10 of 30 blocks of 135 M).
const COPIES_OF_TRAINED = 5;

/** TrainingPlan is what a run will train and roughly cost; seconds and bytes are estimates for a quiet machine. */
export interface TrainingPlan {
  trainableLayers: number;
  layerCount: number;
  /** tokens is the data set's size, estimated from its bytes. */
  tokens: number;
  estimatedSeconds: number;
  memoryBytes: number;
  steps: (typeof RUN_STEPS)[number][];
}

/** planTraining estimates a run from its base's header and its data set's size; null when the header does not tell the number of layers. */
export function planTraining(input: {
  metadata: GgufMetadata;
  datasetBytes: number;
  epochs: number;
  threads: number;
}): TrainingPlan | null {
  const { metadata, epochs, threads } = input;
  const layerCount = metadata.blockCount;
  if (layerCount === null || layerCount < 1) return null;
  const { parameterCount } = metadata;
  const trainableLayers = trainedLayers(parameterCount, layerCount);
  const trainedShare = trainableLayers / layerCount;
  const tokens = Math.ceil(input.datasetBytes / BYTES_PER_TOKEN);
  const isQuantised = metadata.quantisation !== 'F32';
  const flops = tokens * epochs * parameterCount * (2 + 4 * trainedShare);
  const perThread = parameterCount < LARGE_MATRIX_PARAMETERS ? FLOPS_PER_THREAD.small : FLOPS_PER_THREAD.large;
  const conversion = isQuantised ? parameterCount * CONVERSION_SECONDS_PER_PARAMETER : 0;
  return {
    trainableLayers,
    layerCount,
    tokens,
    estimatedSeconds: Math.ceil(FIXED_SECONDS + conversion + flops / (perThread * Math.max(1, threads))),
    memoryBytes: Math.ceil(FIXED_MEMORY_BYTES + FLOAT_BYTES * parameterCount * (1 + COPIES_OF_TRAINED * trainedShare)),
    steps: isQuantised
      ? ['dequantise', 'tokenise', 'train', 'save', 'quantise', 'register']
      : ['tokenise', 'train', 'save', 'register'],
  };
}

/** trainedLayers is how many of the last blocks learn; the training process decides the same when it is not told. */
export function trainedLayers(parameterCount: number, layerCount: number): number {
  if (parameterCount <= FULL_TRAINING_PARAMETERS) return layerCount;
  return Math.max(1, Math.round(layerCount * TRAINED_SHARE_OF_LARGE));
}
