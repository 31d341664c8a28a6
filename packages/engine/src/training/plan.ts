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

// llama.cpp gives a graph max(1024, 8 per tensor) nodes, and a Llama block has 9 tensors.
const MIN_GRAPH_NODES = 1024;
const NODES_PER_TENSOR = 8;
const TENSORS_PER_BLOCK = 9;
// Counted on SmolLM2-135M (30 blocks, 10 trained without reaching the limit, all 30 abort).
const FORWARD_NODES_PER_BLOCK = 34;
const BACKWARD_NODES_PER_BLOCK = 105;
const FIXED_NODES = 60;
// Measured on two cores: 0.9 M parameters at 7,100 tokens/s, 135 M with 10 of 30 blocks at about 100 tokens/s.
const FLOPS_PER_THREAD = 20e9;
const BYTES_PER_TOKEN = 3.5;
// Measured: 135 M parameters to F32 and back in 4 s.
const CONVERSION_SECONDS_PER_PARAMETER = 3e-8;
const FIXED_SECONDS = 2;
const FIXED_MEMORY_BYTES = 250_000_000;
const LONG_RUN_SECONDS = 3600;

/** planTraining decides how many blocks can be trained and estimates time and memory; it does no I/O. */
export function planTraining(input: TrainingPlanInput): TrainingPlan {
  const trainableLayers = maxTrainableLayers(input.layerCount);
  const trainedShare = trainableLayers / Math.max(1, input.layerCount);
  const tokens = (input.datasetTokens ?? (input.datasetBytes ?? 0) / BYTES_PER_TOKEN) * input.epochs;
  const flopsPerToken = input.parameters * (2 + 4 * trainedShare);
  const isQuantised = input.fileType !== 'F32';
  const conversionSeconds = isQuantised ? input.parameters * CONVERSION_SECONDS_PER_PARAMETER : 0;
  const estimatedSeconds =
    FIXED_SECONDS + conversionSeconds + (tokens * flopsPerToken) / (FLOPS_PER_THREAD * Math.max(1, input.threads));
  // Weights once, and gradient plus two AdamW moments for what is trained; four bytes each.
  const memoryBytes = FIXED_MEMORY_BYTES + 4 * input.parameters * (1 + 3 * trainedShare);

  const warnings: string[] = [];
  if (trainableLayers < input.layerCount) {
    warnings.push(
      `Only the last ${trainableLayers} of ${input.layerCount} layers are trained: the optimiser's graph has no room for more.`,
    );
  }
  if (isQuantised) {
    warnings.push(`The base is ${input.fileType}: it is converted to F32 first, and the result is quantised again.`);
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

/** maxTrainableLayers is how many of the last blocks fit into llama.cpp's optimiser graph, which aborts when it is full. */
export function maxTrainableLayers(layerCount: number): number {
  const room =
    Math.max(MIN_GRAPH_NODES, NODES_PER_TENSOR * TENSORS_PER_BLOCK * layerCount) -
    FORWARD_NODES_PER_BLOCK * layerCount -
    FIXED_NODES;
  return Math.max(1, Math.min(layerCount, Math.floor(room / BACKWARD_NODES_PER_BLOCK)));
}
