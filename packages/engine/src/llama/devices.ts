import { bind, type Native } from './native.ts';
import type { Pointer } from './structs.ts';

// enum ggml_backend_dev_type
const GPU_DEVICE = 1;

/** freeGpuBytes is the free memory of all GPUs that llama.cpp uses; null when there is none. */
export function freeGpuBytes({ ggml, ggmlBase }: Native): number | null {
  const count = bind<() => number>(ggml, ['ggml_backend_dev_count', 'size_t', []])();
  const get = bind<(index: number) => Pointer>(ggml, ['ggml_backend_dev_get', 'void *', ['size_t']]);
  const typeOf = bind<(device: Pointer) => number>(ggmlBase, ['ggml_backend_dev_type', 'int32_t', ['void *']]);
  const memoryOf = bind<(device: Pointer, free: BigUint64Array, total: BigUint64Array) => void>(ggmlBase, [
    'ggml_backend_dev_memory',
    'void',
    ['void *', 'void *', 'void *'],
  ]);
  let bytes: number | null = null;
  for (let index = 0; index < Number(count); index += 1) {
    const device = get(index);
    if (typeOf(device) !== GPU_DEVICE) continue;
    const free = new BigUint64Array(1);
    memoryOf(device, free, new BigUint64Array(1));
    bytes = (bytes ?? 0) + Number(free[0]);
  }
  return bytes;
}
