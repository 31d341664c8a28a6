import { createRequire } from 'node:module';
import path from 'node:path';
import koffi, { type KoffiFunc, type LibraryHandle } from 'koffi';
import { LlamaError } from './errors.ts';
import { NativeLog } from './log.ts';
import {
  BATCH,
  type BatchStruct,
  CONTEXT_PARAMS,
  CONTEXT_PARAMS_DEFAULTS,
  type ContextParams,
  LOG_CALLBACK,
  MODEL_PARAMS,
  MODEL_PARAMS_DEFAULTS,
  type ModelParams,
  type Pointer,
  QUANTIZE_PARAMS,
  QUANTIZE_PARAMS_DEFAULTS,
  type QuantizeParams,
  SAMPLER_CHAIN_PARAMS,
} from './structs.ts';
import { assertCompatible } from './verify.ts';

/** LLAMA_VERSION is what llama_version() of the pinned llama.cpp release says; the C structs here are of that release. */
export const LLAMA_VERSION = '0.5.0-dev';
const LIBRARY_SUFFIX = 'v0.5.0';

/** TypeSpec is how koffi writes a C type. */
export type TypeSpec = Parameters<typeof koffi.sizeof>[0];

/** bind gives a C function its TypeScript type; the signature must be that of the pinned release. */
export function bind<T extends (...args: never[]) => unknown>(
  library: LibraryHandle,
  signature: readonly [name: string, result: TypeSpec, args: TypeSpec[]],
): KoffiFunc<T> {
  const [name, result, args] = signature;
  return library.func(name, result, args) as unknown as KoffiFunc<T>;
}

type MaybePointer = Pointer | null;

function bindModel(lib: LibraryHandle) {
  return {
    version: bind<() => string>(lib, ['llama_version', 'str', []]),
    modelDefaultParams: bind<() => ModelParams>(lib, ['llama_model_default_params', MODEL_PARAMS, []]),
    contextDefaultParams: bind<() => ContextParams>(lib, ['llama_context_default_params', CONTEXT_PARAMS, []]),
    quantizeDefaultParams: bind<() => QuantizeParams>(lib, [
      'llama_model_quantize_default_params',
      QUANTIZE_PARAMS,
      [],
    ]),
    backendInit: bind<() => void>(lib, ['llama_backend_init', 'void', []]),
    logSet: bind<(callback: MaybePointer, data: null) => void>(lib, ['llama_log_set', 'void', ['void *', 'void *']]),
    modelLoad: bind<(path: string, params: ModelParams) => MaybePointer>(lib, [
      'llama_model_load_from_file',
      'void *',
      ['str', MODEL_PARAMS],
    ]),
    modelFree: bind<(model: Pointer) => void>(lib, ['llama_model_free', 'void', ['void *']]),
    modelSave: bind<(model: Pointer, path: string) => void>(lib, [
      'llama_model_save_to_file',
      'void',
      ['void *', 'str'],
    ]),
    modelQuantize: bind<(from: string, to: string, params: Pointer) => number>(lib, [
      'llama_model_quantize',
      'uint32_t',
      ['str', 'str', 'void *'],
    ]),
    modelContextTrained: bind<(model: Pointer) => number>(lib, ['llama_model_n_ctx_train', 'int32_t', ['void *']]),
    modelEmbeddingSize: bind<(model: Pointer) => number>(lib, ['llama_model_n_embd_out', 'int32_t', ['void *']]),
    modelLayerCount: bind<(model: Pointer) => number>(lib, ['llama_model_n_layer', 'int32_t', ['void *']]),
    modelHeadCount: bind<(model: Pointer) => number>(lib, ['llama_model_n_head', 'int32_t', ['void *']]),
    modelKvHeadCount: bind<(model: Pointer) => number>(lib, ['llama_model_n_head_kv', 'int32_t', ['void *']]),
    modelParameterCount: bind<(model: Pointer) => number>(lib, ['llama_model_n_params', 'uint64_t', ['void *']]),
    modelSize: bind<(model: Pointer) => number>(lib, ['llama_model_size', 'uint64_t', ['void *']]),
    modelFileType: bind<(model: Pointer) => number>(lib, ['llama_model_ftype', 'int32_t', ['void *']]),
    modelDescription: bind<(model: Pointer, buffer: Buffer, size: number) => number>(lib, [
      'llama_model_desc',
      'int32_t',
      ['void *', 'void *', 'size_t'],
    ]),
    modelChatTemplate: bind<(model: Pointer, name: string | null) => string | null>(lib, [
      'llama_model_chat_template',
      'str',
      ['void *', 'str'],
    ]),
    modelMetaCount: bind<(model: Pointer) => number>(lib, ['llama_model_meta_count', 'int32_t', ['void *']]),
    modelMetaKey: bind<(model: Pointer, index: number, buffer: Buffer, size: number) => number>(lib, [
      'llama_model_meta_key_by_index',
      'int32_t',
      ['void *', 'int32_t', 'void *', 'size_t'],
    ]),
    modelMetaValue: bind<(model: Pointer, index: number, buffer: Buffer, size: number) => number>(lib, [
      'llama_model_meta_val_str_by_index',
      'int32_t',
      ['void *', 'int32_t', 'void *', 'size_t'],
    ]),
    modelHasEncoder: bind<(model: Pointer) => boolean>(lib, ['llama_model_has_encoder', 'bool', ['void *']]),
    modelIsRecurrent: bind<(model: Pointer) => boolean>(lib, ['llama_model_is_recurrent', 'bool', ['void *']]),
    modelIsHybrid: bind<(model: Pointer) => boolean>(lib, ['llama_model_is_hybrid', 'bool', ['void *']]),
    loraLoad: bind<(model: Pointer, path: string) => MaybePointer>(lib, [
      'llama_adapter_lora_init',
      'void *',
      ['void *', 'str'],
    ]),
    loraFree: bind<(adapter: Pointer) => void>(lib, ['llama_adapter_lora_free', 'void', ['void *']]),
  };
}

function bindVocab(lib: LibraryHandle) {
  const tokenOf = (name: string) => bind<(vocab: Pointer) => number>(lib, [name, 'int32_t', ['void *']]);
  return {
    modelVocab: bind<(model: Pointer) => Pointer>(lib, ['llama_model_get_vocab', 'void *', ['void *']]),
    vocabSize: tokenOf('llama_vocab_n_tokens'),
    vocabBos: tokenOf('llama_vocab_bos'),
    vocabEos: tokenOf('llama_vocab_eos'),
    vocabEot: tokenOf('llama_vocab_eot'),
    vocabNewline: tokenOf('llama_vocab_nl'),
    vocabAddBos: bind<(vocab: Pointer) => boolean>(lib, ['llama_vocab_get_add_bos', 'bool', ['void *']]),
    vocabAddEos: bind<(vocab: Pointer) => boolean>(lib, ['llama_vocab_get_add_eos', 'bool', ['void *']]),
    vocabIsEndOfGeneration: bind<(vocab: Pointer, token: number) => boolean>(lib, [
      'llama_vocab_is_eog',
      'bool',
      ['void *', 'int32_t'],
    ]),
    vocabIsControl: bind<(vocab: Pointer, token: number) => boolean>(lib, [
      'llama_vocab_is_control',
      'bool',
      ['void *', 'int32_t'],
    ]),
    tokenize: bind<
      (
        vocab: Pointer,
        text: Buffer,
        length: number,
        tokens: Int32Array,
        capacity: number,
        addSpecial: boolean,
        parseSpecial: boolean,
      ) => number
    >(lib, ['llama_tokenize', 'int32_t', ['void *', 'void *', 'int32_t', 'void *', 'int32_t', 'bool', 'bool']]),
    tokenToPiece: bind<
      (vocab: Pointer, token: number, buffer: Buffer, size: number, lstrip: number, special: boolean) => number
    >(lib, ['llama_token_to_piece', 'int32_t', ['void *', 'int32_t', 'void *', 'int32_t', 'int32_t', 'bool']]),
  };
}

function bindContext(lib: LibraryHandle) {
  const sizeOf = (name: string) => bind<(context: Pointer) => number>(lib, [name, 'uint32_t', ['void *']]);
  return {
    contextCreate: bind<(model: Pointer, params: ContextParams) => MaybePointer>(lib, [
      'llama_init_from_model',
      'void *',
      ['void *', CONTEXT_PARAMS],
    ]),
    contextFree: bind<(context: Pointer) => void>(lib, ['llama_free', 'void', ['void *']]),
    contextSize: sizeOf('llama_n_ctx'),
    contextSequenceSize: sizeOf('llama_n_ctx_seq'),
    contextBatchSize: sizeOf('llama_n_batch'),
    contextMicroBatchSize: sizeOf('llama_n_ubatch'),
    contextMaxSequences: sizeOf('llama_n_seq_max'),
    contextMemory: bind<(context: Pointer) => MaybePointer>(lib, ['llama_get_memory', 'void *', ['void *']]),
    setThreads: bind<(context: Pointer, threads: number, batchThreads: number) => void>(lib, [
      'llama_set_n_threads',
      'void',
      ['void *', 'int32_t', 'int32_t'],
    ]),
    decode: bind<(context: Pointer, batch: BatchStruct) => number>(lib, ['llama_decode', 'int32_t', ['void *', BATCH]]),
    synchronize: bind<(context: Pointer) => void>(lib, ['llama_synchronize', 'void', ['void *']]),
    samplerSet: bind<(context: Pointer, sequence: number, sampler: MaybePointer) => boolean>(lib, [
      'llama_set_sampler',
      'bool',
      ['void *', 'int32_t', 'void *'],
    ]),
    sampledToken: bind<(context: Pointer, index: number) => number>(lib, [
      'llama_get_sampled_token_ith',
      'int32_t',
      ['void *', 'int32_t'],
    ]),
    logitsRow: bind<(context: Pointer, index: number) => MaybePointer>(lib, [
      'llama_get_logits_ith',
      'void *',
      ['void *', 'int32_t'],
    ]),
    embeddingsRow: bind<(context: Pointer, index: number) => MaybePointer>(lib, [
      'llama_get_embeddings_ith',
      'void *',
      ['void *', 'int32_t'],
    ]),
    embeddingsOfSequence: bind<(context: Pointer, sequence: number) => MaybePointer>(lib, [
      'llama_get_embeddings_seq',
      'void *',
      ['void *', 'int32_t'],
    ]),
  };
}

function bindMemory(lib: LibraryHandle) {
  return {
    memoryClear: bind<(memory: Pointer, data: boolean) => void>(lib, [
      'llama_memory_clear',
      'void',
      ['void *', 'bool'],
    ]),
    sequenceRemove: bind<(memory: Pointer, sequence: number, from: number, to: number) => boolean>(lib, [
      'llama_memory_seq_rm',
      'bool',
      ['void *', 'int32_t', 'int32_t', 'int32_t'],
    ]),
    sequenceCopy: bind<(memory: Pointer, source: number, target: number, from: number, to: number) => void>(lib, [
      'llama_memory_seq_cp',
      'void',
      ['void *', 'int32_t', 'int32_t', 'int32_t', 'int32_t'],
    ]),
    sequenceKeep: bind<(memory: Pointer, sequence: number) => void>(lib, [
      'llama_memory_seq_keep',
      'void',
      ['void *', 'int32_t'],
    ]),
    sequencePositionMax: bind<(memory: Pointer, sequence: number) => number>(lib, [
      'llama_memory_seq_pos_max',
      'int32_t',
      ['void *', 'int32_t'],
    ]),
    sequencePositionMin: bind<(memory: Pointer, sequence: number) => number>(lib, [
      'llama_memory_seq_pos_min',
      'int32_t',
      ['void *', 'int32_t'],
    ]),
    stateSize: bind<(context: Pointer, sequence: number) => number>(lib, [
      'llama_state_seq_get_size',
      'size_t',
      ['void *', 'int32_t'],
    ]),
    stateGet: bind<(context: Pointer, target: Uint8Array, size: number, sequence: number) => number>(lib, [
      'llama_state_seq_get_data',
      'size_t',
      ['void *', 'void *', 'size_t', 'int32_t'],
    ]),
    stateSet: bind<(context: Pointer, source: Uint8Array, size: number, sequence: number) => number>(lib, [
      'llama_state_seq_set_data',
      'size_t',
      ['void *', 'void *', 'size_t', 'int32_t'],
    ]),
    loraSet: bind<(context: Pointer, adapters: BigUint64Array, count: number, scales: Float32Array) => number>(lib, [
      'llama_set_adapters_lora',
      'int32_t',
      ['void *', 'void *', 'size_t', 'void *'],
    ]),
  };
}

function bindSampler(lib: LibraryHandle) {
  return {
    grammarCreate: bind<(vocab: Pointer, grammar: string, root: string) => MaybePointer>(lib, [
      'llama_sampler_init_grammar',
      'void *',
      ['void *', 'str', 'str'],
    ]),
    samplerChainCreate: bind<(params: { no_perf: boolean }) => Pointer>(lib, [
      'llama_sampler_chain_init',
      'void *',
      [SAMPLER_CHAIN_PARAMS],
    ]),
    samplerChainAdd: bind<(chain: Pointer, sampler: Pointer) => void>(lib, [
      'llama_sampler_chain_add',
      'void',
      ['void *', 'void *'],
    ]),
    samplerGreedyCreate: bind<() => Pointer>(lib, ['llama_sampler_init_greedy', 'void *', []]),
    samplerApply: bind<(sampler: Pointer, candidates: Pointer) => void>(lib, [
      'llama_sampler_apply',
      'void',
      ['void *', 'void *'],
    ]),
    samplerAccept: bind<(sampler: Pointer, token: number) => void>(lib, [
      'llama_sampler_accept',
      'void',
      ['void *', 'int32_t'],
    ]),
    samplerReset: bind<(sampler: Pointer) => void>(lib, ['llama_sampler_reset', 'void', ['void *']]),
    samplerClone: bind<(sampler: Pointer) => MaybePointer>(lib, ['llama_sampler_clone', 'void *', ['void *']]),
    samplerFree: bind<(sampler: Pointer) => void>(lib, ['llama_sampler_free', 'void', ['void *']]),
  };
}

/** Native is the part of the C API that Slipway uses, with one typed function per C function. */
export type Native = ReturnType<typeof bindModel> &
  ReturnType<typeof bindVocab> &
  ReturnType<typeof bindContext> &
  ReturnType<typeof bindMemory> &
  ReturnType<typeof bindSampler> & {
    log: NativeLog;
    /** libraryDir is where all of them were loaded from. */
    libraryDir: string;
    /** ggmlBase and ggml are the tensor libraries below llama.cpp, for code that builds its own graphs. */
    ggmlBase: LibraryHandle;
    ggml: LibraryHandle;
  };

let opened: Native | undefined;

/** openLlama loads the native libraries once per process, checks that they are the pinned release, and loads the backends. */
export function openLlama(libraryDir?: string): Native {
  if (opened !== undefined) return opened;
  const dir = libraryDir ?? packagedLibraryDir();
  const base = loadLibrary(dir, 'libggml-base.so');
  const ggml = loadLibrary(dir, `libggml.${LIBRARY_SUFFIX}.so`);
  const llama = loadLibrary(dir, `libllama.${LIBRARY_SUFFIX}.so`);
  const log = new NativeLog();
  const native: Native = {
    ...bindModel(llama),
    ...bindVocab(llama),
    ...bindContext(llama),
    ...bindMemory(llama),
    ...bindSampler(llama),
    log,
    libraryDir: dir,
    ggmlBase: base,
    ggml,
  };
  assertCompatible({
    version: native.version(),
    expectedVersion: LLAMA_VERSION,
    structs: [
      {
        name: 'llama_model_params',
        actual: { ...native.modelDefaultParams() },
        expected: { ...MODEL_PARAMS_DEFAULTS },
      },
      {
        name: 'llama_context_params',
        actual: { ...native.contextDefaultParams() },
        expected: { ...CONTEXT_PARAMS_DEFAULTS },
      },
      {
        name: 'llama_model_quantize_params',
        actual: { ...native.quantizeDefaultParams() },
        expected: { ...QUANTIZE_PARAMS_DEFAULTS },
      },
    ],
  });
  captureLog(native, llama);
  bind<(dir: string) => void>(ggml, ['ggml_backend_load_all_from_path', 'void', ['str']])(dir);
  loadCudaBackend(ggml);
  const deviceCount = bind<() => number>(ggml, ['ggml_backend_dev_count', 'size_t', []])();
  if (deviceCount === 0) {
    throw new LlamaError(`No compute backend for this processor was found in ${dir}`, log.problemsSince(0));
  }
  native.backendInit();
  opened = native;
  return native;
}

function captureLog(native: Native, llama: LibraryHandle): void {
  const callback = koffi.register(
    (level: number, text: string) => native.log.write(level, text),
    koffi.pointer(LOG_CALLBACK),
  );
  native.logSet(callback, null);
  // Library destructors may still log after the JavaScript engine is gone; this C function ignores its arguments.
  const ignore = koffi.address(llama.symbol('llama_opt_param_filter_all'));
  process.once('exit', () => native.logSet(ignore, null));
}

function packagedLibraryDir(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new LlamaError(
      `The built-in engine has no native library for ${process.platform}-${process.arch}; it runs on linux-x64`,
    );
  }
  try {
    const entry = createRequire(import.meta.url).resolve('@node-llama-cpp/linux-x64');
    return path.join(path.dirname(entry), '..', 'bins', 'linux-x64');
  } catch (error) {
    throw new LlamaError(`The package @node-llama-cpp/linux-x64 is not installed (${String(error)})`);
  }
}

/** loadCudaBackend adds NVIDIA GPUs where the package for them is installed; without a driver it does nothing. */
function loadCudaBackend(ggml: LibraryHandle): void {
  try {
    const entry = createRequire(import.meta.url).resolve('@node-llama-cpp/linux-x64-cuda');
    // Built from the same release, this one library works with the others of the CPU package.
    const library = path.join(path.dirname(entry), '..', 'bins', 'linux-x64-cuda', 'libggml-cuda.so');
    bind<(path: string) => MaybePointer>(ggml, ['ggml_backend_load', 'void *', ['str']])(library);
  } catch {
    // The package is not installed, as on most machines.
  }
}

function loadLibrary(dir: string, name: string): LibraryHandle {
  try {
    return koffi.load(path.join(dir, name));
  } catch (error) {
    throw new LlamaError(
      `Could not load ${name}: ${error instanceof Error ? error.message : String(error)} (needs glibc 2.34 or newer)`,
    );
  }
}

/** callAsync runs a native function on a worker thread and resolves with its result. */
export function callAsync<T extends (...args: never[]) => unknown>(
  fn: KoffiFunc<T>,
  ...args: Parameters<T>
): Promise<ReturnType<T>> {
  return new Promise((resolve, reject) => {
    fn.async(...args, (error: unknown, result: ReturnType<T>) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}
