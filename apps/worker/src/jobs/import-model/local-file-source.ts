import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ByteSource } from './byte-source.ts';
import { ImportRefusal } from './import-refusal.ts';

/** createLocalFileSource reads a file of this machine; `missing` is what to say when it is not there. */
export function createLocalFileSource(path: string, missing: string): ByteSource {
  return {
    open: async (offset) => {
      const found = await stat(path).catch(() => null);
      if (found === null || !found.isFile()) throw new ImportRefusal('SourceMissing', missing);
      return {
        stream: createReadStream(path, { start: offset }),
        startsAt: offset,
        totalBytes: found.size,
        tag: `${found.ino}-${found.mtimeMs}`,
        digest: null,
      };
    },
  };
}
