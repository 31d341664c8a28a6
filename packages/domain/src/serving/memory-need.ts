import type { GgufMetadata } from '../registry/contract.ts';

/** OVERHEAD_BYTES is what the engine takes besides weights and KV cache: compute buffers, tokenizer tables, the process itself. */
const OVERHEAD_BYTES = 200 * 1024 * 1024;

/** MemoryNeed is what one replica takes; `leastBytes` is with room for a single request of full length. */
export interface MemoryNeed {
  weightBytes: number;
  kvBytes: number;
  totalBytes: number;
  leastBytes: number;
}

/** memoryNeed adds up weights, KV cache and overhead of one replica; null when the header does not tell the KV cache's size. */
export function memoryNeed(input: {
  sizeBytes: number;
  metadata: GgufMetadata;
  contextTokens: number;
  maxConcurrency: number;
}): MemoryNeed | null {
  const perToken = input.metadata.kvBytesPerToken ?? null;
  if (perToken === null) return null;
  const oneContext = perToken * input.contextTokens;
  const kvBytes = oneContext * input.maxConcurrency;
  const fixed = input.sizeBytes + OVERHEAD_BYTES;
  return { weightBytes: input.sizeBytes, kvBytes, totalBytes: fixed + kvBytes, leastBytes: fixed + oneContext };
}

/** contextFor is the context an endpoint gets: what was asked for, at most what the model was trained for. */
export function contextFor(askedTokens: number, metadata: GgufMetadata | null): number {
  return Math.min(askedTokens, metadata?.contextLength ?? askedTokens);
}

/** describeBytes writes a size for a sentence. */
export function describeBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
