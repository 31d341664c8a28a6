import { renameSync, rmSync, statSync } from 'node:fs';
import koffi from 'koffi';
import { callAsync, LlamaError, openLlama } from '../llama/index.ts';
import { QUANTIZE_PARAMS } from '../llama/structs.ts';
import { FILE_TYPES, type FileType } from './file-types.ts';

/** QuantiseOptions says which file to convert, into which type, and on how many threads. */
export interface QuantiseOptions {
  inputPath: string;
  outputPath: string;
  fileType: FileType;
  threads: number;
}

/** quantise rewrites a GGUF in another file type, in either direction; the output appears whole or not at all. */
export async function quantise(options: QuantiseOptions): Promise<{ sizeBytes: number; seconds: number }> {
  const native = openLlama();
  const started = performance.now();
  if (statSync(options.inputPath, { throwIfNoEntry: false }) === undefined) {
    throw new LlamaError(`There is no model file at ${options.inputPath}`);
  }
  const partialPath = `${options.outputPath}.${process.pid}.partial`;
  const params = koffi.alloc(QUANTIZE_PARAMS, 1);
  const mark = native.log.mark();
  try {
    koffi.encode(params, QUANTIZE_PARAMS, {
      ...native.quantizeDefaultParams(),
      nthread: options.threads,
      ftype: FILE_TYPES[options.fileType],
      allow_requantize: true,
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
    rmSync(partialPath, { force: true });
  }
  return { sizeBytes: statSync(options.outputPath).size, seconds: (performance.now() - started) / 1000 };
}
