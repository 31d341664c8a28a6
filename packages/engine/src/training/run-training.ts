import { createHash } from 'node:crypto';
import { chmodSync, constants, copyFileSync, createReadStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { readGgufTensorPlaces } from '../llama/gguf-file.ts';
import { LlamaModel } from '../llama/index.ts';
import { type FileType, fileTypeOf, quantise } from '../quantise/index.ts';
import { readArchitecture } from './architecture.ts';
import { parseDataset } from './dataset.ts';
import { learningRateAt } from './learning-rate.ts';
import { LossMeter } from './loss-meter.ts';
import { type TokenStream, tokeniseDocuments } from './render.ts';
import { servedLoss } from './served-loss.ts';
import type { Emit, TrainingSpec } from './spec.ts';
import { defaultTrainableLayers } from './trainable-layers.ts';
import { Trainer, type TrainingWindow } from './trainer.ts';
import { TrainingError } from './training-error.ts';
import { shuffled, splitWindows, type Window, type Windows } from './windows.ts';

const F32 = 0;
// A file type that cannot be written back without calibration data becomes the nearest one that can.
const FALLBACK_FILE_TYPE: FileType = 'Q8_0';

/** workDirectoryOf is where a run keeps what it has not finished; removing it cancels the run without a trace. */
export function workDirectoryOf(outputPath: string, processId: number): string {
  return `${outputPath}.training-${processId}`;
}

interface Prepared {
  stream: TokenStream;
  windows: Windows;
  metadata: Readonly<Record<string, string>>;
  layerCount: number;
  fileType: number;
  trainableLayers: number;
}

/** runTraining trains a GGUF on a data set and writes the result at spec.outputPath, whole or not at all. */
export async function runTraining(spec: TrainingSpec, emit: Emit): Promise<void> {
  const work = workDirectoryOf(spec.outputPath, process.pid);
  const prepared = await prepare(spec, emit);
  mkdirSync(work, { recursive: true });
  try {
    const f32Path = path.join(work, 'f32.gguf');
    await makeF32(spec, prepared, { f32Path, emit });
    const losses = await train(spec, prepared, { f32Path, emit });
    const { finishedPath, finalValidationLoss } = await restoreFileType(spec, prepared, { f32Path, emit, losses });
    const digest = await sha256(finishedPath);
    const { size } = await stat(finishedPath);
    renameSync(finishedPath, spec.outputPath);
    emit({ type: 'result', outputPath: spec.outputPath, digest, sizeBytes: size, ...losses, finalValidationLoss });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function prepare(spec: TrainingSpec, emit: Emit): Promise<Prepared> {
  const fileName = path.basename(spec.datasetPath);
  emit({ type: 'step', step: 'tokenise', status: 'started', message: `Reading ${fileName}` });
  const documents = parseDataset(fileName, await readDataset(spec.datasetPath));
  const model = await LlamaModel.load({ path: spec.baseModelPath, vocabOnly: true });
  try {
    const { fileType, metadata, contextTrainedTokens } = model.info;
    if (spec.contextTokens > contextTrainedTokens) {
      throw new TrainingError(
        `A context of ${spec.contextTokens} tokens is longer than the model's own of ${contextTrainedTokens}`,
      );
    }
    const tensors = readGgufTensorPlaces(spec.baseModelPath);
    const { layerCount } = readArchitecture(metadata, tensors);
    const parameters = [...tensors.values()].reduce((sum, tensor) => sum + tensor.elementCount, 0);
    const trainableLayers = spec.trainableLayers ?? defaultTrainableLayers(parameters, layerCount);
    if (trainableLayers > layerCount) {
      throw new TrainingError(`${trainableLayers} trainable layers were asked for, but the model has ${layerCount}`);
    }
    const stream = tokeniseDocuments(model, documents);
    const windows = splitWindows({
      tokenCount: stream.tokens.length,
      documentStarts: stream.documentStarts,
      contextTokens: spec.contextTokens,
      validationFraction: spec.validationFraction,
      seed: spec.seed,
    });
    emit({
      type: 'step',
      step: 'tokenise',
      status: 'finished',
      message: `${stream.tokens.length} tokens from ${documents.length} documents: ${windows.train.length} windows to learn from, ${windows.validation.length} to check against`,
    });
    return { stream, windows, metadata, layerCount, fileType, trainableLayers };
  } finally {
    model.free();
  }
}

async function readDataset(datasetPath: string): Promise<Uint8Array> {
  try {
    return await readFile(datasetPath);
  } catch (error) {
    throw new TrainingError(`The data set cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface Step {
  f32Path: string;
  emit: Emit;
}

async function makeF32(spec: TrainingSpec, prepared: Prepared, { f32Path, emit }: Step): Promise<void> {
  if (prepared.fileType === F32) {
    copyFileSync(spec.baseModelPath, f32Path, constants.COPYFILE_FICLONE);
    // A base from an artifact store is often read-only, and a copy takes that over.
    chmodSync(f32Path, 0o644);
    return;
  }
  const name = fileTypeOf(prepared.fileType) ?? `file type ${prepared.fileType}`;
  emit({ type: 'step', step: 'dequantise', status: 'started', message: `Converting ${name} to F32` });
  const { seconds } = await quantise({
    inputPath: spec.baseModelPath,
    outputPath: f32Path,
    fileType: 'F32',
    threads: spec.threads,
  });
  emit({ type: 'step', step: 'dequantise', status: 'finished', message: `Converted in ${seconds.toFixed(1)} s` });
}

interface Losses {
  finalTrainLoss: number;
  initialValidationLoss: number | null;
  finalValidationLoss: number | null;
}

async function train(spec: TrainingSpec, prepared: Prepared, { f32Path, emit }: Step): Promise<Losses> {
  const { layerCount, trainableLayers } = prepared;
  emit({
    type: 'step',
    step: 'train',
    status: 'started',
    message: `Training ${trainableLayers} of ${layerCount} layers for ${spec.epochs} epochs on ${spec.threads} threads`,
  });
  const trainer = new Trainer({
    path: f32Path,
    metadata: prepared.metadata,
    contextTokens: spec.contextTokens,
    threads: spec.threads,
    isTrainable: trainableFilter(layerCount, trainableLayers),
  });
  try {
    const losses = await runEpochs(spec, prepared, { trainer, emit });
    emit({ type: 'step', step: 'train', status: 'finished', message: describe(losses) });
    emit({ type: 'step', step: 'save', status: 'started', message: 'Writing the trained weights' });
    trainer.writeWeights();
    emit({ type: 'step', step: 'save', status: 'finished', message: `Wrote ${trainer.trained.length} tensors` });
    return losses;
  } finally {
    trainer.free();
  }
}

/** trainableFilter says which tensors learn: everything, or the blocks from the last one backwards. */
export function trainableFilter(layerCount: number, trainableLayers: number): (tensorName: string) => boolean {
  if (trainableLayers >= layerCount) return () => true;
  const first = layerCount - trainableLayers;
  return (tensorName) => {
    const block = /^blk\.(\d+)\./.exec(tensorName)?.[1];
    return block !== undefined && Number(block) >= first;
  };
}

async function runEpochs(
  spec: TrainingSpec,
  { stream, windows }: Prepared,
  { trainer, emit }: { trainer: Trainer; emit: Emit },
): Promise<Losses> {
  const perEpoch = windows.train.length;
  const iterations = perEpoch * spec.epochs;
  const load = ({ start, end }: Window) => windowOf(stream, { start, end, contextTokens: spec.contextTokens });
  const validate = async (epoch: number): Promise<number | null> => {
    if (windows.validation.length === 0) return null;
    let total = 0;
    for (const window of windows.validation) total += await trainer.evaluate(load(window));
    const validationLoss = total / windows.validation.length;
    const iteration = epoch * perEpoch;
    emit({ type: 'metric', epoch, iteration, iterations, validationLoss, tokensPerSecond: null });
    return validationLoss;
  };

  const initialValidationLoss = await validate(0);
  let finalValidationLoss = initialValidationLoss;
  let finalTrainLoss = Number.NaN;
  for (let epoch = 1; epoch <= spec.epochs; epoch += 1) {
    const meter = new LossMeter({ epoch, perEpoch, iterations, contextTokens: spec.contextTokens });
    for (const window of shuffled(windows.train, spec.seed + epoch)) {
      const rate = learningRateAt(meter.iteration, iterations, spec.learningRate);
      const metric = meter.add(await trainer.train(load(window), rate));
      if (metric !== null) emit(metric);
    }
    finalTrainLoss = meter.meanLoss;
    if (!Number.isFinite(finalTrainLoss)) {
      throw new TrainingError(`The loss is no longer a number after epoch ${epoch}: choose a smaller learning rate`);
    }
    finalValidationLoss = await validate(epoch);
  }
  return { finalTrainLoss, initialValidationLoss, finalValidationLoss };
}

// What does not fill the context is filled up with tokens that do not count; no earlier token can look at them.
function windowOf(stream: TokenStream, window: Window & { contextTokens: number }): TrainingWindow {
  const { start, end, contextTokens } = window;
  const tokens = new Int32Array(contextTokens + 1);
  const isLearned = new Uint8Array(contextTokens + 1);
  tokens.set(stream.tokens.subarray(start, start + contextTokens + 1));
  isLearned.set(stream.isLearned.subarray(start, end));
  return { tokens, isLearned };
}

function describe(losses: Losses): string {
  const train = `Training loss ${losses.finalTrainLoss.toFixed(3)}`;
  if (losses.initialValidationLoss === null || losses.finalValidationLoss === null) return train;
  return `${train}, validation loss ${losses.initialValidationLoss.toFixed(3)} before and ${losses.finalValidationLoss.toFixed(3)} after`;
}

async function restoreFileType(
  spec: TrainingSpec,
  prepared: Prepared,
  { f32Path, emit, losses }: Step & { losses: Losses },
): Promise<{ finishedPath: string; finalValidationLoss: number | null }> {
  if (prepared.fileType === F32) return { finishedPath: f32Path, finalValidationLoss: losses.finalValidationLoss };
  const known = fileTypeOf(prepared.fileType);
  if (known === null) {
    emit({ type: 'log', message: `The base's file type cannot be written again; the result is ${FALLBACK_FILE_TYPE}` });
  }
  const fileType = known ?? FALLBACK_FILE_TYPE;
  const finer = finerTypeOf(fileType, prepared);
  const note = finer === undefined ? '' : `, the trained layers to ${finer.type} so that small changes survive`;
  emit({ type: 'step', step: 'quantise', status: 'started', message: `Quantising to ${fileType}${note}` });
  const finishedPath = path.join(path.dirname(f32Path), 'quantised.gguf');
  const { threads, contextTokens } = spec;
  const { sizeBytes, seconds } = await quantise({
    inputPath: f32Path,
    outputPath: finishedPath,
    fileType,
    threads,
    finer,
  });
  // What counts is the file that will be served, not the weights before they were rounded.
  const windows = prepared.windows.validation.map((window) => windowOf(prepared.stream, { ...window, contextTokens }));
  const finalValidationLoss =
    windows.length === 0 ? null : await servedLoss({ path: finishedPath, windows, contextTokens, threads });
  const served = finalValidationLoss === null ? '' : `; validation loss as served ${finalValidationLoss.toFixed(3)}`;
  const message = `${(sizeBytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s${served}`;
  emit({ type: 'step', step: 'quantise', status: 'finished', message });
  return { finishedPath, finalValidationLoss };
}

// Weights that came from a coarse grid lie exactly on it, and one fine-tuning moves them by less than half a step:
// rounding to the same grid would put each of them back to where it was.
function finerTypeOf(fileType: FileType, prepared: Prepared): { pattern: string; type: 'Q8_0' | 'F16' } | undefined {
  if (fileType === 'F16' || fileType === 'BF16') return undefined;
  const { layerCount, trainableLayers } = prepared;
  const trained = Array.from({ length: trainableLayers }, (_, index) => layerCount - trainableLayers + index);
  const pattern = trainableLayers >= layerCount ? '.' : `^blk\\.(${trained.join('|')})\\.`;
  return { pattern, type: fileType === 'Q8_0' ? 'F16' : 'Q8_0' };
}

async function sha256(filePath: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(filePath)) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}
