// Compiles the kernels before they are first needed, which takes some seconds.
import { buildKernels, openLlama } from '../src/llama/index.ts';

const build = await buildKernels(openLlama().libraryDir);
process.stdout.write('library' in build ? `${build.library}\n` : `Serving with ggml's kernels: ${build.reason}\n`);
