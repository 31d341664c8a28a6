import type { GgufMetadata } from '../registry/contract.ts';
import type { RUN_STEPS } from './contract.ts';

// llama.cpp gives the optimiser's graph max(1024, 8 per tensor) nodes and aborts when it is full; a Llama block has 9 tensors.
const MIN_GRAPH_NODES = 1024;
const NODES_PER_TENSOR = 8;
const TENSORS_PER_BLOCK = 9;
// Counted on SmolLM2-135M: 10 of 30 blocks train, all 30 abort.
const FORWARD_NODES_PER_BLOCK = 34;
const BACKWARD_NODES_PER_BLOCK = 110;
const FIXED_NODES = 60;
// Measured on two cores: 0.9 M parameters at 7,100 tokens/s, 135 M with 10 of 30 blocks at about 100 tokens/s.
const FLOPS_PER_THREAD = 20e9;
// English prose with the vocabularies seen so far.
const BYTES_PER_TOKEN = 3.5;
// Measured: 135 M parameters to F32 and back in 4 s.
const CONVERSION_SECONDS_PER_PARAMETER = 3e-8;
const FIXED_SECONDS = 2;
const FIXED_MEMORY_BYTES = 250_000_000;
const FLOAT_BYTES = 4;
// Weight, gradient and two AdamW moments.
const COPIES_OF_TRAINED = 3;

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
  const trainableLayers = maxTrainableLayers(layerCount);
  const trainedShare = trainableLayers / layerCount;
  const tokens = Math.ceil(input.datasetBytes / BYTES_PER_TOKEN);
  const isQuantised = metadata.quantisation !== 'F32';
  const flops = tokens * epochs * metadata.parameterCount * (2 + 4 * trainedShare);
  const conversion = isQuantised ? metadata.parameterCount * CONVERSION_SECONDS_PER_PARAMETER : 0;
  return {
    trainableLayers,
    layerCount,
    tokens,
    estimatedSeconds: Math.ceil(FIXED_SECONDS + conversion + flops / (FLOPS_PER_THREAD * Math.max(1, threads))),
    memoryBytes: Math.ceil(
      FIXED_MEMORY_BYTES + FLOAT_BYTES * metadata.parameterCount * (1 + COPIES_OF_TRAINED * trainedShare),
    ),
    steps: isQuantised
      ? ['dequantise', 'tokenise', 'train', 'save', 'quantise', 'register']
      : ['tokenise', 'train', 'save', 'register'],
  };
}

/** maxTrainableLayers is how many of the last blocks fit into the optimiser's graph. */
export function maxTrainableLayers(layerCount: number): number {
  const nodes = Math.max(MIN_GRAPH_NODES, NODES_PER_TENSOR * TENSORS_PER_BLOCK * layerCount);
  const room = nodes - FORWARD_NODES_PER_BLOCK * layerCount - FIXED_NODES;
  return Math.max(1, Math.min(layerCount, Math.floor(room / BACKWARD_NODES_PER_BLOCK)));
}
