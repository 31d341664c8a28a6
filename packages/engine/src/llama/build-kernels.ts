import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const SOURCES = path.join(import.meta.dirname, '..', '..', 'native');
const BUILT = path.join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'kernels');
const COMPILERS = ['cc', 'gcc', 'clang'];
const FLAGS = [
  ...['-std=gnu11', '-O3', '-fno-math-errno', '-fPIC', '-shared', '-pthread', '-fvisibility=hidden'],
  ...['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mavx512vnni', '-mf16c', '-mfma'],
];
const BUILD_MILLISECONDS = 120_000;

/** KernelBuild is the compiled library, or why there is none. */
export type KernelBuild = { library: string } | { reason: string };

/**
 * buildKernels compiles native/*.c once for each version of the sources, in some seconds, with the machine's C compiler;
 * linked to the libraries in `ggmlDir`. `directory` keeps what was built.
 */
export async function buildKernels(ggmlDir: string, directory = BUILT): Promise<KernelBuild> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { reason: 'they are for linux-x64' };
  const files = readdirSync(SOURCES).sort();
  const hash = createHash('sha256').update(FLAGS.join(' '));
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(path.join(SOURCES, file)));
  const library = path.join(directory, `kernels-${hash.digest('hex').slice(0, 16)}.so`);
  if (existsSync(library)) return { library };
  const unfinished = `${library}.${process.pid}`;
  const code = files.filter((file) => file.endsWith('.c')).map((file) => path.join(SOURCES, file));
  const linked = ['-o', unfinished, ...code, '-L', ggmlDir, '-l:libggml-base.so'];
  const reasons: string[] = [];
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    return { reason: String(error) };
  }
  for (const compiler of COMPILERS) {
    try {
      await promisify(execFile)(compiler, [...FLAGS, ...linked], { timeout: BUILD_MILLISECONDS });
      // Several processes may build at once; the last one's library replaces an equal one.
      renameSync(unfinished, library);
      return { library };
    } catch (error) {
      rmSync(unfinished, { force: true });
      const text = error instanceof Error ? error.message : String(error);
      if (!text.includes('ENOENT')) reasons.push(text.split('\n').slice(0, 5).join(' '));
    }
  }
  return { reason: reasons[0] ?? `no C compiler was found (${COMPILERS.join(', ')})` };
}
