import { renameSync, rmSync, statSync } from 'node:fs';
import koffi from 'koffi';
import { callAsync, LlamaError, openLlama } from '../llama/index.ts';
import { type Pointer, QUANTIZE_PARAMS } from '../llama/structs.ts';
import { FILE_TYPES, type FileType } from './file-types.ts';

/** QuantiseOptions says which file to convert, into which type, and on how many threads. */
export interface QuantiseOptions {
  inputPath: string;
  outputPath: string;
  fileType: FileType;
  threads: number;
  /** finer names tensors, by a regular expression, that are written in a more exact type than the rest. */
  finer?: { pattern: string; type: 'Q8_0' | 'F16' };
}

const FINER_TYPES = { F16: 1, Q8_0: 8 } as const;
// llama_model_tensor_override; a list of them ends with a null pattern.
const TENSOR_OVERRIDE = koffi.struct({ pattern: 'void *', type: 'int32_t' });

/** quantise rewrites a GGUF in another file type, in either direction; the output appears whole or not at all. */
export async function quantise(options: QuantiseOptions): Promise<{ sizeBytes: number; seconds: number }> {
  const native = openLlama();
  const started = performance.now();
  if (statSync(options.inputPath, { throwIfNoEntry: false }) === undefined) {
    throw new LlamaError(`There is no model file at ${options.inputPath}`);
  }
  const partialPath = `${options.outputPath}.${process.pid}.partial`;
  const params = koffi.alloc(QUANTIZE_PARAMS, 1);
  const overrides = options.finer === undefined ? null : new TensorOverrides(options.finer);
  const mark = native.log.mark();
  try {
    koffi.encode(params, QUANTIZE_PARAMS, {
      ...native.quantizeDefaultParams(),
      nthread: options.threads,
      ftype: FILE_TYPES[options.fileType],
      allow_requantize: true,
      tt_overrides: overrides?.pointer ?? null,
    });
    const code = await callAsync(native.modelQuantize, options.inputPath, partialPath, params);
    if (code !== 0) {
      throw new LlamaError(
        `Could not quantise ${options.inputPath} to ${options.fileType}`,
        native.log.problemsSince(mark),
      );
    }
    renameSync(partialPath, options.outputPath);
  } finally {
    koffi.free(params);
    overrides?.free();
    rmSync(partialPath, { force: true });
  }
  return { sizeBytes: statSync(options.outputPath).size, seconds: (performance.now() - started) / 1000 };
}

// Native memory of its own, because the quantiser reads it on another thread while JavaScript goes on.
class TensorOverrides {
  readonly pointer: Pointer;
  private readonly text: Pointer;

  constructor(finer: { pattern: string; type: keyof typeof FINER_TYPES }) {
    const bytes = Buffer.from(`${finer.pattern}\0`, 'utf8');
    this.text = koffi.alloc('uint8_t', bytes.length);
    new Uint8Array(koffi.view(this.text, bytes.length)).set(bytes);
    this.pointer = koffi.alloc(TENSOR_OVERRIDE, 2);
    koffi.encode(this.pointer, koffi.array(TENSOR_OVERRIDE, 2), [
      { pattern: this.text, type: FINER_TYPES[finer.type] },
      { pattern: null, type: 0 },
    ]);
  }

  free(): void {
    koffi.free(this.pointer);
    koffi.free(this.text);
  }
}
