import { existsSync } from 'node:fs';
import { LlamaContext, type LlamaContextOptions } from './context.ts';
import { freeGpuBytes } from './devices.ts';
import { LlamaError } from './errors.ts';
import { kernelsForModels, loadKernels, suitsKernels } from './kernels.ts';
import { callAsync, type Native, openLlama } from './native.ts';
import type { Pointer } from './structs.ts';
import { Vocab } from './vocab.ts';

/** LlamaModelOptions says how a GGUF file is brought into memory. */
export interface LlamaModelOptions {
  path: string;
  /** gpuLayers is how many layers go to a GPU: -1 all, 0 none (default). */
  gpuLayers?: number;
  /** memoryMap shares the file's pages with other processes (default true); training needs it off. */
  memoryMap?: boolean;
  /** repack lets the CPU backend rearrange quantised weights for speed (default true). */
  repack?: boolean;
  checkTensors?: boolean;
  /** kernels computes with our own kernels where processor and model allow it (default false). */
  kernels?: boolean;
  /** vocabOnly reads the tokenizer and metadata without weights; parameterCount and sizeBytes are then 0. */
  vocabOnly?: boolean;
}

/** LlamaModelInfo is what a model says about itself. */
export interface LlamaModelInfo {
  description: string;
  contextTrainedTokens: number;
  vocabSize: number;
  embeddingSize: number;
  layerCount: number;
  headCount: number;
  kvHeadCount: number;
  parameterCount: number;
  sizeBytes: number;
  /** fileType is llama.cpp's ftype number (0 F32, 1 F16, 2 Q4_0, ...). */
  fileType: number;
  hasEncoder: boolean;
  isRecurrent: boolean;
  metadata: Readonly<Record<string, string>>;
}

const NO_GPU =
  'Layers are to be on a GPU, but llama.cpp found none that it can use. It needs an NVIDIA driver of CUDA 13.1 or newer, ' +
  'the CUDA 13 runtime and cuBLAS, and the package @node-llama-cpp/linux-x64-cuda of the pinned version';

/** LlamaModel is a loaded GGUF; free it after every context made from it. */
export class LlamaModel {
  readonly pointer: Pointer;
  readonly info: LlamaModelInfo;
  readonly vocab: Vocab;
  readonly native: Native;
  /** isOnGpu says that layers were given to a GPU. */
  readonly isOnGpu: boolean;
  /** usesKernels says that our own kernels compute this model. */
  readonly usesKernels: boolean;
  /** computesWith says what computes the model, and why our kernels do not. */
  readonly computesWith: string;
  private isFreed = false;

  private constructor(native: Native, pointer: Pointer, options: LoadedAs) {
    const { isVocabOnly, isOnGpu, reason } = options;
    this.isOnGpu = isOnGpu;
    this.usesKernels = reason === null;
    this.computesWith = isOnGpu ? 'a GPU' : reason === null ? 'our kernels' : `ggml's kernels (not ours: ${reason})`;
    this.native = native;
    this.pointer = pointer;
    this.vocab = new Vocab(native, pointer);
    this.info = readInfo({ native, model: pointer, vocabSize: this.vocab.size, isVocabOnly });
  }

  /** load reads a GGUF off the event loop; it throws a LlamaError with llama.cpp's own reason. */
  static async load(options: LlamaModelOptions): Promise<LlamaModel> {
    const native = openLlama();
    if (!existsSync(options.path)) throw new LlamaError(`There is no model file at ${options.path}`);
    const isOnGpu = (options.gpuLayers ?? 0) !== 0;
    if (isOnGpu && freeGpuBytes(native) === null) throw new LlamaError(NO_GPU, native.log.problemsSince(0));
    const mark = native.log.mark();
    const params = {
      ...native.modelDefaultParams(),
      n_gpu_layers: options.gpuLayers ?? 0,
      load_mode: options.memoryMap === false ? 0 : 1,
      use_extra_bufts: options.repack ?? true,
      check_tensors: options.checkTensors ?? false,
      vocab_only: options.vocabOnly ?? false,
    };
    const reason = isOnGpu ? 'it is on a GPU' : await reasonAgainstKernels(native, options);
    const usesKernels = reason === null;
    const pointer = await inTurn(() => {
      kernelsForModels(usesKernels);
      return callAsync(native.modelLoad, options.path, params);
    });
    if (pointer === null) {
      throw new LlamaError(`Could not load the model ${options.path}`, native.log.problemsSince(mark));
    }
    return new LlamaModel(native, pointer, { isVocabOnly: options.vocabOnly ?? false, isOnGpu, reason });
  }

  /** chatTemplate returns the model's Jinja chat template, or null when it has none. */
  chatTemplate(name: string | null = null): string | null {
    return this.native.modelChatTemplate(this.pointer, name);
  }

  /** createContext makes a KV cache and compute buffers for this model. */
  createContext(options: LlamaContextOptions): LlamaContext {
    return LlamaContext.create(this, options);
  }

  /** loadLora loads a LoRA adapter; it is freed with the model. */
  loadLora(path: string): LoraAdapter {
    if (!existsSync(path)) throw new LlamaError(`There is no adapter file at ${path}`);
    const mark = this.native.log.mark();
    const pointer = this.native.loraLoad(this.pointer, path);
    if (pointer === null)
      throw new LlamaError(`Could not load the adapter ${path}`, this.native.log.problemsSince(mark));
    return { pointer, path };
  }

  /** save writes the model as a GGUF file, off the event loop. */
  async save(path: string): Promise<void> {
    await callAsync(this.native.modelSave, this.pointer, path);
    if (!existsSync(path)) throw new LlamaError(`Could not write the model to ${path}`, this.native.log.tail(1));
  }

  /** free releases the weights; calling it twice is harmless. */
  free(): void {
    if (this.isFreed) return;
    this.isFreed = true;
    this.native.modelFree(this.pointer);
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

/** reasonAgainstKernels is null when our kernels can compute a model. */
async function reasonAgainstKernels(native: Native, options: LlamaModelOptions): Promise<string | null> {
  if (options.kernels !== true) return 'they were not asked for';
  if (!suitsKernels(options.path)) return 'there are none for the architecture or the types of this model';
  return loadKernels(native);
}

interface LoadedAs {
  isVocabOnly: boolean;
  isOnGpu: boolean;
  reason: string | null;
}

let lastLoad: Promise<unknown> = Promise.resolve();

// Which kernels a model gets is a setting of the process while it loads, so one loads after the other.
function inTurn<T>(load: () => Promise<T>): Promise<T> {
  const result = lastLoad.then(load);
  lastLoad = result.catch(() => undefined);
  return result;
}

/** LoraAdapter is a loaded adapter, to be given to LlamaContext.setLoras. */
export interface LoraAdapter {
  readonly pointer: Pointer;
  readonly path: string;
}

function readInfo(input: { native: Native; model: Pointer; vocabSize: number; isVocabOnly: boolean }): LlamaModelInfo {
  const { native, model, vocabSize, isVocabOnly } = input;
  const metadata = readMetadata(native, model);
  // Asked for its shape without weights, llama.cpp aborts the process: then the file's own words are read.
  const shape = (key: string, ask: (model: Pointer) => number) =>
    isVocabOnly ? Number(metadata[`${metadata['general.architecture']}.${key}`] ?? 0) : ask(model);
  return {
    description: isVocabOnly ? '' : readString((buffer, size) => native.modelDescription(model, buffer, size)),
    contextTrainedTokens: shape('context_length', native.modelContextTrained),
    vocabSize,
    embeddingSize: shape('embedding_length', native.modelEmbeddingSize),
    layerCount: shape('block_count', native.modelLayerCount),
    headCount: shape('attention.head_count', native.modelHeadCount),
    kvHeadCount: shape('attention.head_count_kv', native.modelKvHeadCount),
    parameterCount: isVocabOnly ? 0 : Number(native.modelParameterCount(model)),
    sizeBytes: isVocabOnly ? 0 : Number(native.modelSize(model)),
    fileType: Number(metadata['general.file_type'] ?? (isVocabOnly ? 0 : native.modelFileType(model))),
    hasEncoder: native.modelHasEncoder(model),
    isRecurrent: native.modelIsRecurrent(model) || native.modelIsHybrid(model),
    metadata,
  };
}

function readMetadata(native: Native, model: Pointer): Record<string, string> {
  const metadata: Record<string, string> = {};
  const count = native.modelMetaCount(model);
  for (let index = 0; index < count; index += 1) {
    const key = readString((buffer, size) => native.modelMetaKey(model, index, buffer, size));
    metadata[key] = readString((buffer, size) => native.modelMetaValue(model, index, buffer, size));
  }
  return metadata;
}

// These C functions work like snprintf: they return the length the whole text needs, and cut it to the buffer.
function readString(read: (buffer: Buffer, size: number) => number): string {
  let buffer = Buffer.alloc(512);
  let length = read(buffer, buffer.length);
  if (length >= buffer.length) {
    buffer = Buffer.alloc(length + 1);
    length = read(buffer, buffer.length);
  }
  return buffer.toString('utf8', 0, Math.max(0, length));
}
