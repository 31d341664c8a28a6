/** TrainingPlanInput describes a run before it starts; give datasetTokens where known, else datasetBytes. */
export interface TrainingPlanInput {
  parameters: number;
  layerCount: number;
  /** fileType is the base's label, such as F32 or Q4_1. */
  fileType: string;
  datasetTokens?: number;
  datasetBytes?: number;
  epochs: number;
  threads: number;
}

/** TrainingPlan is what a run will train and roughly cost; seconds and bytes are estimates for a quiet machine. */
export interface TrainingPlan {
  trainableLayers: number;
  estimatedSeconds: number;
  memoryBytes: number;
  warnings: string[];
}

// Below this every weight learns; above, the last third does, which keeps the moments and the time within a workstation.
const FULL_TRAINING_PARAMETERS = 50_000_000;
const TRAINED_SHARE_OF_LARGE = 1 / 3;
// Measured on one core, forward and backward together: 0.9 M parameters at 4,100 tokens/s; 135 M with 10 of 30 blocks
// at 102 tokens/s and with all at 50. Small matrices keep a core half as busy.
const LARGE_MATRIX_PARAMETERS = 10_000_000;
const FLOPS_PER_THREAD = { small: 20e9, large: 40e9 };
const BYTES_PER_TOKEN = 3.5;
// Measured: 135 M parameters to F32 and back in 4 s.
const CONVERSION_SECONDS_PER_PARAMETER = 3e-8;
const FIXED_SECONDS = 2;
const FIXED_MEMORY_BYTES = 250_000_000;
const LONG_RUN_SECONDS = 3600;

/** planTraining decides how many blocks can be trained and estimates time and memory; it does no I/O. */
export function planTraining(input: TrainingPlanInput): TrainingPlan {
  const trainableLayers = defaultTrainableLayers(input.parameters, input.layerCount);
  const trainedShare = trainableLayers / Math.max(1, input.layerCount);
  const tokens = (input.datasetTokens ?? (input.datasetBytes ?? 0) / BYTES_PER_TOKEN) * input.epochs;
  const flopsPerToken = input.parameters * (2 + 4 * trainedShare);
  const isQuantised = input.fileType !== 'F32';
  const conversionSeconds = isQuantised ? input.parameters * CONVERSION_SECONDS_PER_PARAMETER : 0;
  const flopsPerThread = input.parameters < LARGE_MATRIX_PARAMETERS ? FLOPS_PER_THREAD.small : FLOPS_PER_THREAD.large;
  const estimatedSeconds =
    FIXED_SECONDS + conversionSeconds + (tokens * flopsPerToken) / (flopsPerThread * Math.max(1, input.threads));
  // Four bytes for every weight; for what is trained also its gradient, two AdamW moments, and about as much again twice
  // for the activations that the backward pass needs (measured: 1.4 and 3.5 GB for 10 and 30 of 30 blocks of 135 M).
  const memoryBytes = FIXED_MEMORY_BYTES + 4 * input.parameters * (1 + 5 * trainedShare);

  const warnings: string[] = [];
  if (trainableLayers < input.layerCount) {
    warnings.push(
      `Only the last ${trainableLayers} of ${input.layerCount} layers are trained, to save time and memory.`,
    );
  }
  if (isQuantised) {
    warnings.push(
      `The base is ${input.fileType}: it is converted to F32 first, and the result is quantised again, with the trained layers in a finer type so that small changes survive.`,
    );
  }
  if (estimatedSeconds > LONG_RUN_SECONDS) {
    warnings.push(`This run takes about ${(estimatedSeconds / 3600).toFixed(1)} hours on ${input.threads} threads.`);
  }
  return {
    trainableLayers,
    estimatedSeconds: Math.ceil(estimatedSeconds),
    memoryBytes: Math.ceil(memoryBytes),
    warnings,
  };
}

/** defaultTrainableLayers is how many of the last blocks learn when nobody chose. */
export function defaultTrainableLayers(parameters: number, layerCount: number): number {
  if (parameters <= FULL_TRAINING_PARAMETERS) return layerCount;
  return Math.max(1, Math.round(layerCount * TRAINED_SHARE_OF_LARGE));
}
