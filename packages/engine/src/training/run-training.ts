import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  createReadStream,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { readGgufTensorPlaces } from '../llama/gguf-file.ts';
import { type LlamaContext, LlamaModel } from '../llama/index.ts';
import { type FileType, fileTypeOf, quantise } from '../quantise/index.ts';
import { parseDataset } from './dataset.ts';
import { learningRateAt } from './learning-rate.ts';
import { Optimiser } from './optimiser.ts';
import { maxTrainableLayers } from './plan.ts';
import { tokeniseDocuments } from './render.ts';
import type { Emit, TrainingSpec } from './spec.ts';
import { TrainingError } from './training-error.ts';
import { shuffled, splitWindows, type Windows } from './windows.ts';

const F32 = 0;
// A file type that cannot be written back without calibration data becomes the nearest one that can.
const FALLBACK_FILE_TYPE: FileType = 'Q8_0';
// Enough points for a curve in a short epoch, few enough that a long run stays small in the database.
const METRICS_PER_EPOCH = 20;

/** workDirectoryOf is where a run keeps what it has not finished; removing it cancels the run without a trace. */
export function workDirectoryOf(outputPath: string, processId: number): string {
  return `${outputPath}.training-${processId}`;
}

interface Prepared {
  tokens: Int32Array;
  windows: Windows;
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
    const finishedPath = await restoreFileType(spec, prepared, { f32Path, emit });
    const digest = await sha256(finishedPath);
    const { size } = await stat(finishedPath);
    renameSync(finishedPath, spec.outputPath);
    emit({ type: 'result', outputPath: spec.outputPath, digest, sizeBytes: size, ...losses });
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
    const { layerCount, fileType } = model.info;
    const trainableLayers = chooseTrainableLayers(spec, layerCount);
    const tokens = tokeniseDocuments(model, documents);
    const windows = splitWindows({
      tokenCount: tokens.length,
      contextTokens: spec.contextTokens,
      validationFraction: spec.validationFraction,
      seed: spec.seed,
    });
    emit({
      type: 'step',
      step: 'tokenise',
      status: 'finished',
      message: `${tokens.length} tokens from ${documents.length} documents: ${windows.train.length} windows to learn from, ${windows.validation.length} to check against`,
    });
    return { tokens, windows, layerCount, fileType, trainableLayers };
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

function chooseTrainableLayers(spec: TrainingSpec, layerCount: number): number {
  const most = maxTrainableLayers(layerCount);
  const wanted = spec.trainableLayers ?? most;
  if (wanted > most) {
    throw new TrainingError(`${wanted} trainable layers were asked for, but the optimiser has room for ${most}`);
  }
  return wanted;
}

interface Step {
  f32Path: string;
  emit: Emit;
}

async function makeF32(spec: TrainingSpec, prepared: Prepared, { f32Path, emit }: Step): Promise<void> {
  if (prepared.fileType === F32) {
    copyFileSync(spec.baseModelPath, f32Path, constants.COPYFILE_FICLONE);
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
  // Weights must be writable memory of our own, in plain layout.
  const model = await LlamaModel.load({ path: f32Path, memoryMap: false, repack: false });
  let context: LlamaContext | undefined;
  let optimiser: Optimiser | undefined;
  try {
    context = model.createContext({
      contextTokens: spec.contextTokens,
      batchTokens: spec.contextTokens,
      threads: spec.threads,
      flashAttention: 'off',
      kvTypeKey: 'f32',
      kvTypeValue: 'f32',
    });
    const isTrainable = trainableFilter(layerCount, trainableLayers);
    optimiser = new Optimiser({ model, context, tokens: prepared.tokens, isTrainable });
    const losses = await runEpochs(spec, prepared.windows, { optimiser, emit });
    emit({ type: 'step', step: 'train', status: 'finished', message: describe(losses) });
    emit({ type: 'step', step: 'save', status: 'started', message: 'Writing the trained weights' });
    writeTrained(f32Path, optimiser);
    emit({ type: 'step', step: 'save', status: 'finished', message: `Wrote ${optimiser.trained.size} tensors` });
    return losses;
  } finally {
    optimiser?.free();
    context?.free();
    model.free();
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
  windows: Windows,
  { optimiser, emit }: { optimiser: Optimiser; emit: Emit },
): Promise<Losses> {
  const perEpoch = windows.train.length;
  const iterations = perEpoch * spec.epochs;
  const every = Math.max(1, Math.floor(perEpoch / METRICS_PER_EPOCH));
  const validate = async (epoch: number): Promise<number | null> => {
    if (windows.validation.length === 0) return null;
    const validationLoss = await optimiser.evaluate(windows.validation);
    const iteration = epoch * perEpoch;
    emit({ type: 'metric', epoch, iteration, iterations, validationLoss, tokensPerSecond: null });
    return validationLoss;
  };

  const initialValidationLoss = await validate(0);
  let finalValidationLoss = initialValidationLoss;
  let finalTrainLoss = Number.NaN;
  for (let epoch = 1; epoch <= spec.epochs; epoch += 1) {
    const before = (epoch - 1) * perEpoch;
    let since = { steps: 0, loss: 0, startedAt: performance.now() };
    let epochLoss = 0;
    optimiser.setLearningRate(learningRateAt(before, iterations, spec.learningRate));
    await optimiser.train(shuffled(windows.train, spec.seed + epoch), (done, loss) => {
      epochLoss += loss;
      since.steps += 1;
      since.loss += loss;
      optimiser.setLearningRate(learningRateAt(before + done, iterations, spec.learningRate));
      if (done % every !== 0 && done !== perEpoch) return;
      const seconds = (performance.now() - since.startedAt) / 1000;
      emit({
        type: 'metric',
        epoch,
        iteration: before + done,
        iterations,
        trainLoss: since.loss / since.steps,
        tokensPerSecond: Math.round((since.steps * spec.contextTokens) / seconds),
      });
      since = { steps: 0, loss: 0, startedAt: performance.now() };
    });
    finalTrainLoss = epochLoss / perEpoch;
    if (!Number.isFinite(finalTrainLoss)) {
      throw new TrainingError(`The loss is no longer a number after epoch ${epoch}: choose a smaller learning rate`);
    }
    finalValidationLoss = await validate(epoch);
  }
  return { finalTrainLoss, initialValidationLoss, finalValidationLoss };
}

function describe(losses: Losses): string {
  const train = `Training loss ${losses.finalTrainLoss.toFixed(3)}`;
  if (losses.initialValidationLoss === null || losses.finalValidationLoss === null) return train;
  return `${train}, validation loss ${losses.initialValidationLoss.toFixed(3)} before and ${losses.finalValidationLoss.toFixed(3)} after`;
}

// Only the bytes that learned are replaced, so that every other byte and all metadata of the base stay as they were.
function writeTrained(f32Path: string, optimiser: Optimiser): void {
  const places = readGgufTensorPlaces(f32Path);
  const file = openSync(f32Path, 'r+');
  try {
    for (const [name, tensor] of optimiser.trained) {
      const place = places.get(name);
      // A tied output is the token embedding, which llama.cpp does not train.
      if (place === undefined || name === 'token_embd.weight') continue;
      if (place.type !== F32) throw new TrainingError(`The tensor ${name} is not F32`);
      writeSync(
        file,
        optimiser.tensorBytes(tensor, place.elementCount * 4),
        0,
        place.elementCount * 4,
        place.offsetBytes,
      );
    }
  } finally {
    closeSync(file);
  }
}

async function restoreFileType(spec: TrainingSpec, prepared: Prepared, { f32Path, emit }: Step): Promise<string> {
  if (prepared.fileType === F32) return f32Path;
  const known = fileTypeOf(prepared.fileType);
  if (known === null) {
    emit({ type: 'log', message: `The base's file type cannot be written again; the result is ${FALLBACK_FILE_TYPE}` });
  }
  const fileType = known ?? FALLBACK_FILE_TYPE;
  emit({ type: 'step', step: 'quantise', status: 'started', message: `Quantising to ${fileType}` });
  const outputPath = path.join(path.dirname(f32Path), 'quantised.gguf');
  const { sizeBytes, seconds } = await quantise({ inputPath: f32Path, outputPath, fileType, threads: spec.threads });
  const message = `${(sizeBytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s`;
  emit({ type: 'step', step: 'quantise', status: 'finished', message });
  return outputPath;
}

async function sha256(filePath: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(filePath)) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}
