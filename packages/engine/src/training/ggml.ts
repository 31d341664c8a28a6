import koffi from 'koffi';
import { bind, type Native } from '../llama/native.ts';
import type { Pointer } from '../llama/structs.ts';

/** Tensor is a native ggml_tensor. */
export type Tensor = Pointer;
type Context = Pointer;
type Graph = Pointer;

const INIT_PARAMS = koffi.struct({ mem_size: 'size_t', mem_buffer: 'void *', no_alloc: 'bool' });
const SET_THREADS = koffi.proto('void', ['void *', 'int']);
const CPU_DEVICE = 0;

/** GGML_F32 and GGML_I32 are ggml's numbers for the two types that training uses. */
export const GGML_F32 = 0;
export const GGML_I32 = 26;

/** Ggml is the part of ggml's C API that building and running a training graph needs. */
export type Ggml = ReturnType<typeof bindGgml>;

/** bindGgml declares the C functions of the libraries that openLlama has loaded and checked. */
export function bindGgml({ ggmlBase: base, ggml }: Native) {
  return {
    ...bindOperations(base),
    ...bindGraphs(base),
    ...bindMemory(base),
    cpuBackend: bind<(type: number, params: null) => Pointer>(ggml, [
      'ggml_backend_init_by_type',
      'void *',
      ['int', 'void *'],
    ]),
  };
}

function bindOperations(base: Native['ggmlBase']) {
  const unary = (name: string) =>
    bind<(ctx: Context, a: Tensor) => Tensor>(base, [name, 'void *', ['void *', 'void *']]);
  const binary = (name: string) =>
    bind<(ctx: Context, a: Tensor, b: Tensor) => Tensor>(base, [name, 'void *', ['void *', 'void *', 'void *']]);
  const mark = (name: string) => bind<(tensor: Tensor) => void>(base, [name, 'void', ['void *']]);
  return {
    getRows: binary('ggml_get_rows'),
    multiply: binary('ggml_mul'),
    add: binary('ggml_add'),
    matrixMultiply: binary('ggml_mul_mat'),
    crossEntropy: binary('ggml_cross_entropy_loss'),
    silu: unary('ggml_silu'),
    contiguous: unary('ggml_cont'),
    setParam: mark('ggml_set_param'),
    setLoss: mark('ggml_set_loss'),
    setOutput: mark('ggml_set_output'),
    rmsNorm: bind<(ctx: Context, a: Tensor, epsilon: number) => Tensor>(base, [
      'ggml_rms_norm',
      'void *',
      ['void *', 'void *', 'float'],
    ]),
    reshape2d: bind<(ctx: Context, a: Tensor, n0: number, n1: number) => Tensor>(base, [
      'ggml_reshape_2d',
      'void *',
      ['void *', 'void *', 'int64_t', 'int64_t'],
    ]),
    reshape3d: bind<(ctx: Context, a: Tensor, n0: number, n1: number, n2: number) => Tensor>(base, [
      'ggml_reshape_3d',
      'void *',
      ['void *', 'void *', 'int64_t', 'int64_t', 'int64_t'],
    ]),
    permute: bind<(ctx: Context, a: Tensor, a0: number, a1: number, a2: number, a3: number) => Tensor>(base, [
      'ggml_permute',
      'void *',
      ['void *', 'void *', 'int', 'int', 'int', 'int'],
    ]),
    softMax: bind<(ctx: Context, a: Tensor, mask: Tensor, scale: number, maxBias: number) => Tensor>(base, [
      'ggml_soft_max_ext',
      'void *',
      ['void *', 'void *', 'void *', 'float', 'float'],
    ]),
    rope: bindRope(base),
    adamwStep: bind<(ctx: Context, a: Tensor, grad: Tensor, m: Tensor, v: Tensor, params: Tensor) => Tensor>(base, [
      'ggml_opt_step_adamw',
      'void *',
      ['void *', 'void *', 'void *', 'void *', 'void *', 'void *'],
    ]),
  };
}

function bindRope(base: Native['ggmlBase']) {
  return bind<
    (
      ...args: [
        ctx: Context,
        a: Tensor,
        positions: Tensor,
        factors: null,
        dimensions: number,
        mode: number,
        originalContext: number,
        base: number,
        scale: number,
        extFactor: number,
        attnFactor: number,
        betaFast: number,
        betaSlow: number,
      ]
    ) => Tensor
  >(base, [
    'ggml_rope_ext',
    'void *',
    ['void *', 'void *', 'void *', 'void *', 'int', 'int', 'int', 'float', 'float', 'float', 'float', 'float', 'float'],
  ]);
}

function bindGraphs(base: Native['ggmlBase']) {
  return {
    newGraph: bind<(ctx: Context, size: number, hasGradients: boolean) => Graph>(base, [
      'ggml_new_graph_custom',
      'void *',
      ['void *', 'size_t', 'bool'],
    ]),
    expandForward: bind<(graph: Graph, tensor: Tensor) => void>(base, [
      'ggml_build_forward_expand',
      'void',
      ['void *', 'void *'],
    ]),
    expandBackward: bind<(ctx: Context, graph: Graph, accumulators: BigUint64Array) => void>(base, [
      'ggml_build_backward_expand',
      'void',
      ['void *', 'void *', 'void *'],
    ]),
    nodeCount: bind<(graph: Graph) => number>(base, ['ggml_graph_n_nodes', 'int', ['void *']]),
    gradientOf: bind<(graph: Graph, tensor: Tensor) => Tensor | null>(base, [
      'ggml_graph_get_grad',
      'void *',
      ['void *', 'void *'],
    ]),
    compute: bind<(backend: Pointer, graph: Graph) => number>(base, [
      'ggml_backend_graph_compute',
      'int',
      ['void *', 'void *'],
    ]),
    newAllocator: bind<(bufferType: Pointer) => Pointer>(base, ['ggml_gallocr_new', 'void *', ['void *']]),
    allocateGraph: bind<(allocator: Pointer, graph: Graph) => boolean>(base, [
      'ggml_gallocr_alloc_graph',
      'bool',
      ['void *', 'void *'],
    ]),
    freeAllocator: bind<(allocator: Pointer) => void>(base, ['ggml_gallocr_free', 'void', ['void *']]),
    graphOverhead: bind<(size: number, hasGradients: boolean) => number>(base, [
      'ggml_graph_overhead_custom',
      'size_t',
      ['size_t', 'bool'],
    ]),
  };
}

function bindMemory(base: Native['ggmlBase']) {
  return {
    init: bind<(params: { mem_size: number; mem_buffer: null; no_alloc: boolean }) => Context | null>(base, [
      'ggml_init',
      'void *',
      [INIT_PARAMS],
    ]),
    freeContext: bind<(ctx: Context) => void>(base, ['ggml_free', 'void', ['void *']]),
    tensorOverhead: bind<() => number>(base, ['ggml_tensor_overhead', 'size_t', []]),
    newTensor1d: bind<(ctx: Context, type: number, n0: number) => Tensor>(base, [
      'ggml_new_tensor_1d',
      'void *',
      ['void *', 'int', 'int64_t'],
    ]),
    newTensor2d: bind<(ctx: Context, type: number, n0: number, n1: number) => Tensor>(base, [
      'ggml_new_tensor_2d',
      'void *',
      ['void *', 'int', 'int64_t', 'int64_t'],
    ]),
    dataOf: bind<(tensor: Tensor) => Pointer>(base, ['ggml_get_data', 'void *', ['void *']]),
    allocateTensors: bind<(ctx: Context, backend: Pointer) => Pointer | null>(base, [
      'ggml_backend_alloc_ctx_tensors',
      'void *',
      ['void *', 'void *'],
    ]),
    clearBuffer: bind<(buffer: Pointer, value: number) => void>(base, [
      'ggml_backend_buffer_clear',
      'void',
      ['void *', 'uint8_t'],
    ]),
    freeBuffer: bind<(buffer: Pointer) => void>(base, ['ggml_backend_buffer_free', 'void', ['void *']]),
    bufferType: bind<(backend: Pointer) => Pointer>(base, [
      'ggml_backend_get_default_buffer_type',
      'void *',
      ['void *'],
    ]),
    freeBackend: bind<(backend: Pointer) => void>(base, ['ggml_backend_free', 'void', ['void *']]),
    deviceOf: bind<(backend: Pointer) => Pointer>(base, ['ggml_backend_get_device', 'void *', ['void *']]),
    registryOf: bind<(device: Pointer) => Pointer>(base, ['ggml_backend_dev_backend_reg', 'void *', ['void *']]),
    functionOf: bind<(registry: Pointer, name: string) => Pointer | null>(base, [
      'ggml_backend_reg_get_proc_address',
      'void *',
      ['void *', 'str'],
    ]),
  };
}

/** createCpuBackend makes a CPU backend that computes on a fixed number of threads. */
export function createCpuBackend(ggml: Ggml, threads: number): Pointer {
  const backend = ggml.cpuBackend(CPU_DEVICE, null);
  const setThreads = ggml.functionOf(ggml.registryOf(ggml.deviceOf(backend)), 'ggml_backend_set_n_threads');
  if (setThreads === null) throw new Error('The CPU backend does not let its threads be set');
  koffi.call(setThreads, SET_THREADS, backend, threads);
  return backend;
}

/** floatsOf is a view of an F32 tensor's values in native memory. */
export function floatsOf(ggml: Ggml, tensor: Tensor, count: number): Float32Array {
  return new Float32Array(koffi.view(ggml.dataOf(tensor), count * 4));
}

/** integersOf is a view of an I32 tensor's values in native memory. */
export function integersOf(ggml: Ggml, tensor: Tensor, count: number): Int32Array {
  return new Int32Array(koffi.view(ggml.dataOf(tensor), count * 4));
}
