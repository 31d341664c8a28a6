import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { ArtifactStore } from '@slipway/db';
import { type GgufMetadata, parseGgufHeader } from '@slipway/domain/registry';

/** FIRST_READ_BYTES holds the header of a small model; larger ones say how much they need. */
const FIRST_READ_BYTES = 1024 * 1024;

/** TrainedFile is a run's result in the artifact store. */
export interface TrainedFile {
  digest: string;
  sizeBytes: number;
  metadata: GgufMetadata;
}

/** storeTrainedFile checks that a run's result is a sound GGUF and keeps it as an artifact; it throws the reason otherwise. */
export async function storeTrainedFile(artifacts: ArtifactStore, path: string): Promise<TrainedFile> {
  const metadata = await readMetadata(path);
  const stored = await artifacts.put(createReadStream(path));
  return { ...stored, metadata };
}

async function readMetadata(path: string): Promise<GgufMetadata> {
  const { size } = await stat(path);
  const file = await open(path, 'r');
  try {
    for (let bytes = FIRST_READ_BYTES; ; ) {
      const buffer = Buffer.alloc(Math.min(bytes, size));
      await file.read(buffer, 0, buffer.length, 0);
      const parsed = parseGgufHeader(buffer, size);
      if (parsed.kind === 'ok') return parsed.metadata;
      if (parsed.kind === 'invalid') throw new Error(`The run's result is not a sound model: ${parsed.reason}`);
      bytes = Math.max(parsed.bytes, bytes * 2);
    }
  } finally {
    await file.close();
  }
}
