import { z } from 'zod';
import { type ModelSource, modelSourceSchema } from './contract.ts';

/** storedSourceSchema is what an import job needs, as the version's row keeps it until the import ends. */
export const storedSourceSchema = z.object({
  source: modelSourceSchema,
  /** hadSecret says that the source came with a secret, which a failure made the platform forget. */
  hadSecret: z.boolean().default(false),
});
/** StoredSource is what an import job needs. */
export type StoredSource = z.infer<typeof storedSourceSchema>;

/** sourceAddress is how a source is shown: where the bytes are, without secrets. */
export function sourceAddress(source: ModelSource, uploadName?: string): string {
  switch (source.kind) {
    case 'upload':
      return uploadName ?? source.uploadId;
    case 'path':
      return source.path;
    case 's3':
      return source.uri;
    case 'huggingface':
      return `${source.repository}/${source.file}@${source.revision}`;
  }
}

/** withoutSecret is what may be kept of a source once its import has failed. */
export function withoutSecret(stored: StoredSource): StoredSource {
  const { source } = stored;
  if (source.kind === 'huggingface' && source.token !== undefined) {
    const { token: _token, ...rest } = source;
    return { source: rest, hadSecret: true };
  }
  if (source.kind === 's3' && source.secretAccessKey !== undefined) {
    const { accessKeyId: _id, secretAccessKey: _key, ...rest } = source;
    return { source: rest, hadSecret: true };
  }
  return stored;
}
