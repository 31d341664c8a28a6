import { readGgufValues } from '../llama/gguf-file.ts';

/** Pooling is how the vectors of an input's tokens become one: their mean, the first one, or the last one. */
export type Pooling = 'mean' | 'cls' | 'last';

/** ModelTask is what a GGUF is for; `unsupported` says why it cannot be served. */
export type ModelTask =
  | { kind: 'generation' }
  | { kind: 'embedding'; pooling: Pooling }
  | { kind: 'unsupported'; reason: string };

// llama.cpp's architectures that read a whole text at once and generate none.
const ENCODERS: ReadonlySet<string> = new Set([
  'bert',
  'modern-bert',
  'nomic-bert',
  'nomic-bert-moe',
  'neo-bert',
  'jina-bert-v2',
  'jina-bert-v3',
  'eurobert',
  'gemma-embedding',
]);
// These are llama.cpp's numbers.
const POOLINGS: Readonly<Record<number, Pooling>> = { 1: 'mean', 2: 'cls', 3: 'last' };
const REFUSED: Readonly<Record<number, string>> = {
  0: 'The model gives a vector for every token, not one for a text; that is not served',
  4: 'The model ranks pairs of texts; that is not served',
};

/** modelTaskOf reads the task off two values of the metadata; an encoder that names no way to pool gets the mean, as sentence-transformers does. */
export function modelTaskOf(values: { architecture: string; poolingType: number | null }): ModelTask {
  const { architecture, poolingType } = values;
  const isEncoder = ENCODERS.has(architecture);
  if (poolingType === null) return isEncoder ? { kind: 'embedding', pooling: 'mean' } : { kind: 'generation' };
  const pooling = POOLINGS[poolingType];
  if (pooling !== undefined) return { kind: 'embedding', pooling };
  // Some generating models say that they do not pool.
  if (poolingType === 0 && !isEncoder) return { kind: 'generation' };
  return { kind: 'unsupported', reason: REFUSED[poolingType] ?? `The model pools in an unknown way (${poolingType})` };
}

/** readModelTask reads the task off a file's header; what is no GGUF counts as generating, so that loading it says what is wrong. */
export function readModelTask(path: string): ModelTask {
  const values = readGgufValues(path, (key) => key === 'general.architecture' || key.endsWith('.pooling_type'));
  const architecture = String(values?.get('general.architecture') ?? '');
  const poolingType = values?.get(`${architecture}.pooling_type`);
  return modelTaskOf({ architecture, poolingType: typeof poolingType === 'number' ? poolingType : null });
}
