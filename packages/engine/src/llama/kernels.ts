import koffi from 'koffi';
import { buildKernels } from './build-kernels.ts';
import { readGgufTensorPlaces, readGgufValues } from './gguf-file.ts';
import { bind, type Native } from './native.ts';
import type { Pointer } from './structs.ts';

// Every operation of these is computed by the kernels; a graph that changes sides often would lose more than it gains.
const ARCHITECTURES = new Set(['llama', 'qwen2', 'qwen3']);
// The ggml types that have panels, with how many elements of a row belong together: Q4_0, Q4_1, Q5_0, Q5_1, Q8_0; Q4_K, Q5_K, Q6_K.
const PACKED_TYPES: Readonly<Record<number, number>> = { 2: 32, 3: 32, 6: 32, 7: 32, 8: 32, 12: 256, 13: 256, 14: 256 };
const PANEL_ROWS = 16;

/** Kernels are our own kernels for processors with AVX-512 VNNI, as a backend of ggml. */
interface Kernels {
  forModels: (use: number) => void;
  forContexts: (use: number) => void;
  largest: (row: Pointer, count: number) => number;
}

let registered: Kernels | null = null;
let loading: Promise<string | null> | undefined;

/** loadKernels compiles the kernels if need be and gives them to ggml, once per process; it resolves with why that cannot be, null where it can. */
export function loadKernels(native: Native): Promise<string | null> {
  loading ??= load(native);
  return loading;
}

async function load(native: Native): Promise<string | null> {
  const build = await buildKernels(native.libraryDir);
  if ('reason' in build) return `they could not be compiled: ${build.reason}`;
  const register = bind<(path: string) => Pointer | null>(native.ggml, ['ggml_backend_load', 'void *', ['str']]);
  // ggml refuses a backend for another processor or another release.
  if (register(build.library) === null) return 'the processor has no AVX-512 VNNI, or ggml is of another release';
  const library = koffi.load(build.library);
  const choose = (name: string) => bind<(use: number) => void>(library, [name, 'void', ['int']]);
  registered = {
    forModels: choose('slipway_kernels_for_models'),
    forContexts: choose('slipway_kernels_for_contexts'),
    largest: bind<(row: Pointer, count: number) => number>(library, ['slipway_largest', 'int', ['void *', 'int']]),
  };
  return null;
}

/** kernelsForModels says whether models that are loaded from now on use the kernels. */
export function kernelsForModels(use: boolean): void {
  registered?.forModels(use ? 1 : 0);
}

/** kernelsForContexts says whether contexts that are made from now on use the kernels. */
export function kernelsForContexts(use: boolean): void {
  registered?.forContexts(use ? 1 : 0);
}

/** largestOf is the place of the largest of `count` floats, the first of equals. */
export function largestOf(row: Pointer, count: number): number {
  if (registered === null) throw new Error('The kernels are not loaded');
  return registered.largest(row, count);
}

/** suitsKernels says whether all layers of a GGUF can be computed by the kernels. */
export function suitsKernels(modelPath: string): boolean {
  const values = readGgufValues(modelPath, (key) => key === 'general.architecture');
  if (!ARCHITECTURES.has(String(values?.get('general.architecture')))) return false;
  const layers = [...readGgufTensorPlaces(modelPath)].filter(([name]) => /^blk\.\d+\..*weight$/.test(name));
  const matrices = layers.map(([, place]) => place).filter(({ shape }) => shape.length > 1);
  return matrices.length > 0 && matrices.every(isPackable);
}

function isPackable({ type, shape }: { type: number; shape: readonly number[] }): boolean {
  const [columns = 0, rows = 0, ...more] = shape;
  const together = PACKED_TYPES[type];
  const isMatrix = more.every((extent) => extent === 1);
  return together !== undefined && columns % together === 0 && rows % PANEL_ROWS === 0 && isMatrix;
}
