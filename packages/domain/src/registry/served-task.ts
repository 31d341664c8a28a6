import { z } from 'zod';
import type { GgufMetadata } from './contract.ts';

/** servedTaskSchema is what a served model does: write text, or turn texts into vectors. */
export const servedTaskSchema = z.enum(['generation', 'embedding']);
/** ServedTask is what a served model does. */
export type ServedTask = z.infer<typeof servedTaskSchema>;

// The architectures that the engine serves for embeddings whatever their header says about pooling.
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

/** servedTask says what the engine will serve a model for; one whose header is not known counts as writing text. */
export function servedTask(metadata: Pick<GgufMetadata, 'architecture' | 'poolingType'> | null): ServedTask {
  if (metadata === null) return 'generation';
  const isPooled = (metadata.poolingType ?? 0) > 0;
  return isPooled || ENCODERS.has(metadata.architecture) ? 'embedding' : 'generation';
}
