import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { type GgufTensorPlace, readGgufTensorPlaces } from '../llama/gguf-file.ts';
import { callAsync, LlamaError, openLlama } from '../llama/index.ts';
import type { Pointer } from '../llama/structs.ts';
import { type Architecture, readArchitecture } from './architecture.ts';
import {
  bindGgml,
  createCpuBackend,
  floatsOf,
  GGML_F32,
  GGML_I32,
  type Ggml,
  integersOf,
  type Tensor,
} from './ggml.ts';
import { buildLogits, type GraphInputs } from './model-graph.ts';
import { TrainingError } from './training-error.ts';

const ADAMW = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01 };
const ADAMW_PARAMS = 7;
// A block has 9 weights and about 30 forward nodes, and its backward pass and optimiser steps add about three times that.
const NODES_PER_BLOCK = 192;
const FIXED_NODES = 512;

/** TrainingWindow is contextTokens + 1 tokens, and for each whether predicting it counts. */
export interface TrainingWindow {
  tokens: Int32Array;
  isLearned: Uint8Array;
}

/** Trainer learns a Llama's weights by AdamW on the CPU: one window of tokens is one step. */
export class Trainer {
  readonly architecture: Architecture;
  /** trained are the names of the tensors that learn. */
  readonly trained: readonly string[];
  private readonly path: string;
  private readonly places: ReadonlyMap<string, GgufTensorPlace>;
  private readonly ggml: Ggml;
  private readonly backend: Pointer;
  private readonly contextTokens: number;
  private readonly weights = new Map<string, Tensor>();
  private readonly inputs: GraphInputs;
  private readonly labels: Tensor;
  private readonly lossGradient: Tensor;
  private readonly adamw: Tensor;
  private readonly moments = new Map<string, { first: Tensor; second: Tensor }>();
  private readonly staticContext: Pointer;
  private readonly staticBuffer: Pointer;
  private readonly training: ComputeGraph;
  private readonly evaluation: ComputeGraph;
  private labelled: number[] = [];
  private step = 0;

  constructor(input: {
    path: string;
    metadata: Readonly<Record<string, string>>;
    contextTokens: number;
    threads: number;
    isTrainable: (tensorName: string) => boolean;
  }) {
    this.path = input.path;
    this.contextTokens = input.contextTokens;
    this.places = readGgufTensorPlaces(input.path);
    this.architecture = readArchitecture(input.metadata, this.places);
    this.trained = [...this.places.keys()].filter(input.isTrainable);
    this.ggml = bindGgml(openLlama());
    this.backend = createCpuBackend(this.ggml, input.threads);

    const { ggml, contextTokens } = this;
    const staticCount = this.places.size + 2 * this.trained.length + 8;
    this.staticContext = newContext(ggml, staticCount * ggml.tensorOverhead());
    const vector = (type: number, size: number) => ggml.newTensor1d(this.staticContext, type, size);
    const matrix = (n0: number, n1: number) => ggml.newTensor2d(this.staticContext, GGML_F32, n0, n1);
    for (const [name, { shape }] of this.places) {
      const [n0 = 1, n1] = shape;
      const like = () => (n1 === undefined ? vector(GGML_F32, n0) : matrix(n0, n1));
      this.weights.set(name, like());
      if (this.trained.includes(name)) this.moments.set(name, { first: like(), second: like() });
    }
    this.inputs = {
      tokens: vector(GGML_I32, contextTokens),
      positions: vector(GGML_I32, contextTokens),
      mask: matrix(contextTokens, contextTokens),
      rows: vector(GGML_I32, contextTokens),
    };
    this.labels = matrix(this.architecture.vocabSize, contextTokens);
    this.lossGradient = vector(GGML_F32, 1);
    this.adamw = vector(GGML_F32, ADAMW_PARAMS);
    const buffer = ggml.allocateTensors(this.staticContext, this.backend);
    if (buffer === null) throw new TrainingError('There is not enough memory for the weights and their moments');
    this.staticBuffer = buffer;
    ggml.clearBuffer(buffer, 0);
    this.fillConstants();
    this.readWeights();
    for (const name of this.trained) ggml.setParam(this.weight(name));
    this.evaluation = this.buildGraph(false);
    this.training = this.buildGraph(true);
  }

  /** train makes one optimiser step on a window and returns its loss before the step. */
  async train(window: TrainingWindow, learningRate: number): Promise<number> {
    this.step += 1;
    const { beta1, beta2, epsilon, weightDecay } = ADAMW;
    floatsOf(this.ggml, this.adamw, ADAMW_PARAMS).set([
      learningRate,
      beta1,
      beta2,
      epsilon,
      weightDecay,
      1 / (1 - beta1 ** this.step),
      1 / (1 - beta2 ** this.step),
    ]);
    return this.run(this.training, window);
  }

  /** evaluate returns the loss of a window (mean cross entropy in nats per token) and learns nothing. */
  async evaluate(window: TrainingWindow): Promise<number> {
    return this.run(this.evaluation, window);
  }

  /** writeWeights puts the trained weights back into the F32 file; all its other bytes stay as they were. */
  writeWeights(): void {
    const file = openSync(this.path, 'r+');
    try {
      for (const name of this.trained) {
        const { offsetBytes } = this.place(name);
        const bytes = this.weightBytes(name);
        if (writeSync(file, bytes, 0, bytes.length, offsetBytes) !== bytes.length) {
          throw new TrainingError(`The disk is full: the tensor "${name}" could not be written`);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** weightValues is a view of one tensor's current values. */
  weightValues(name: string): Float32Array {
    return floatsOf(this.ggml, this.weight(name), this.place(name).elementCount);
  }

  /** firstMoment is a view of AdamW's running mean of a trained tensor's gradient; after one step, a tenth of the gradient. */
  firstMoment(name: string): Float32Array {
    const moments = this.moments.get(name);
    if (moments === undefined) throw new TrainingError(`The tensor "${name}" is not trained`);
    return floatsOf(this.ggml, moments.first, this.place(name).elementCount);
  }

  /** free releases all native memory. */
  free(): void {
    this.training.free();
    this.evaluation.free();
    this.ggml.freeBuffer(this.staticBuffer);
    this.ggml.freeContext(this.staticContext);
    this.ggml.freeBackend(this.backend);
  }

  private async run(graph: ComputeGraph, { tokens, isLearned }: TrainingWindow): Promise<number> {
    const { contextTokens } = this;
    if (tokens.length !== contextTokens + 1) throw new RangeError(`A window has ${contextTokens + 1} tokens`);
    integersOf(this.ggml, this.inputs.tokens, contextTokens).set(tokens.subarray(0, contextTokens));
    const rows = learnedRows(isLearned);
    integersOf(this.ggml, this.inputs.rows, contextTokens).set(rows);
    this.setLabels(rows.map((row) => tokens[row + 1] ?? 0));
    const status = await callAsync(this.ggml.compute, this.backend, graph.graph);
    if (status !== 0) throw new LlamaError(`Computing the training graph failed (status ${status})`);
    return floatsOf(this.ggml, graph.loss, 1)[0] ?? Number.NaN;
  }

  // The labels are one-hot rows; clearing only what was set saves writing vocabulary times context zeros every step.
  private setLabels(labels: Int32Array): void {
    const { vocabSize } = this.architecture;
    const values = floatsOf(this.ggml, this.labels, vocabSize * this.contextTokens);
    for (const index of this.labelled) values[index] = 0;
    this.labelled = Array.from(labels, (label, row) => row * vocabSize + label);
    for (const index of this.labelled) values[index] = 1;
  }

  private fillConstants(): void {
    const { ggml, contextTokens } = this;
    floatsOf(ggml, this.lossGradient, 1)[0] = 1;
    const positions = integersOf(ggml, this.inputs.positions, contextTokens);
    const mask = floatsOf(ggml, this.inputs.mask, contextTokens * contextTokens);
    for (let row = 0; row < contextTokens; row += 1) {
      positions[row] = row;
      mask.fill(-Infinity, row * contextTokens + row + 1, (row + 1) * contextTokens);
    }
  }

  private readWeights(): void {
    const file = openSync(this.path, 'r');
    try {
      for (const [name, { type, offsetBytes }] of this.places) {
        if (type !== GGML_F32) throw new TrainingError(`The tensor "${name}" is not F32`);
        const bytes = this.weightBytes(name);
        if (readSync(file, bytes, 0, bytes.length, offsetBytes) !== bytes.length) {
          throw new TrainingError(`The model file ends in the middle of the tensor "${name}"`);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  private buildGraph(isTraining: boolean): ComputeGraph {
    const { ggml, weights, inputs, contextTokens, architecture } = this;
    const size = NODES_PER_BLOCK * architecture.layerCount + FIXED_NODES;
    const context = newContext(ggml, 2 * size * ggml.tensorOverhead() + ggml.graphOverhead(size, true));
    const logits = buildLogits({ ggml, context, architecture, weights, inputs, contextTokens });
    const loss = ggml.crossEntropy(context, logits, this.labels);
    ggml.setLoss(loss);
    ggml.setOutput(loss);
    const graph = ggml.newGraph(context, size, true);
    ggml.expandForward(graph, loss);
    if (isTraining) this.addBackward({ context, graph });
    const allocator = ggml.newAllocator(ggml.bufferType(this.backend));
    if (!ggml.allocateGraph(allocator, graph)) {
      throw new TrainingError('There is not enough memory for the training graph: choose a shorter context');
    }
    const free = () => {
      ggml.freeAllocator(allocator);
      ggml.freeContext(context);
    };
    return { graph, loss, free };
  }

  private addBackward({ context, graph }: { context: Pointer; graph: Pointer }): void {
    const { ggml } = this;
    // Only the last node, the loss, gets a gradient of its own: the constant 1.
    const accumulators = new BigUint64Array(ggml.nodeCount(graph));
    accumulators[accumulators.length - 1] = this.lossGradient;
    ggml.expandBackward(context, graph, accumulators);
    for (const [name, { first, second }] of this.moments) {
      const gradient = ggml.gradientOf(graph, this.weight(name));
      if (gradient === null) throw new TrainingError(`The tensor "${name}" has no gradient`);
      ggml.expandForward(graph, ggml.adamwStep(context, this.weight(name), gradient, first, second, this.adamw));
    }
  }

  private weightBytes(name: string): Uint8Array {
    const values = this.weightValues(name);
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }

  private weight(name: string): Tensor {
    const tensor = this.weights.get(name);
    if (tensor === undefined) throw new TrainingError(`The model has no tensor "${name}"`);
    return tensor;
  }

  private place(name: string): GgufTensorPlace {
    const place = this.places.get(name);
    if (place === undefined) throw new TrainingError(`The model has no tensor "${name}"`);
    return place;
  }
}

/** learnedRows lists the positions whose next token counts, over and over until there are as many as the graph has rows. */
export function learnedRows(isLearned: Uint8Array): Int32Array {
  const count = isLearned.length - 1;
  const learned = [...isLearned.subarray(1).keys()].filter((row) => isLearned[row + 1] === 1);
  // A window in which nothing counts is rare (a question longer than the context); all of it counts then.
  return Int32Array.from({ length: count }, (_, index) => learned[index % learned.length] ?? index);
}

interface ComputeGraph {
  graph: Pointer;
  loss: Tensor;
  free: () => void;
}

function newContext(ggml: Ggml, bytes: number): Pointer {
  const context = ggml.init({ mem_size: bytes, mem_buffer: null, no_alloc: true });
  if (context === null) throw new TrainingError('There is not enough memory to build the training graph');
  return context;
}
