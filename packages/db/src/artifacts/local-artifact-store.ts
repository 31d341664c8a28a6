import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ArtifactStore, DigestMismatch, type PutOptions, type StoredArtifact } from './artifact-store.ts';

const DIGEST = /^sha256:([0-9a-f]{64})$/;

/** createLocalArtifactStore keeps artifacts under `<dataDir>/artifacts/sha256/<2 hex>/<64 hex>`; a file there is whole. */
export function createLocalArtifactStore(dataDir: string): ArtifactStore {
  const root = join(dataDir, 'artifacts');
  const temporary = join(root, 'tmp');

  function path(digest: string): string {
    const hex = DIGEST.exec(digest)?.[1];
    if (hex === undefined) throw new Error(`"${digest}" is no digest: it must be sha256: and 64 hex digits.`);
    return join(root, 'sha256', hex.slice(0, 2), hex);
  }

  async function put(stream: AsyncIterable<Uint8Array>, options: PutOptions = {}): Promise<StoredArtifact> {
    await mkdir(temporary, { recursive: true });
    const part = join(temporary, `${randomUUID()}.part`);
    try {
      const stored = await writePart(part, stream, options.signal);
      const { expectedDigest } = options;
      const expected = typeof expectedDigest === 'function' ? expectedDigest() : expectedDigest;
      if (expected !== undefined && expected !== stored.digest) throw new DigestMismatch(expected, stored.digest);
      const target = path(stored.digest);
      await mkdir(dirname(target), { recursive: true });
      await rename(part, target);
      await syncDirectory(dirname(target));
      return stored;
    } finally {
      await rm(part, { force: true });
    }
  }

  async function sweep(olderThanMillis: number): Promise<number> {
    const names = await readdir(temporary).catch(() => []);
    let removed = 0;
    for (const name of names) {
      const file = join(temporary, name);
      const age = await stat(file).then(
        (found) => Date.now() - found.mtimeMs,
        () => 0,
      );
      if (age < olderThanMillis) continue;
      await rm(file, { force: true });
      removed += 1;
    }
    return removed;
  }

  return {
    put,
    path,
    sweep,
    has: (digest) =>
      access(path(digest)).then(
        () => true,
        () => false,
      ),
    open: (digest) => createReadStream(path(digest)),
    remove: (digest) => rm(path(digest), { force: true }),
  };
}

async function writePart(
  part: string,
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<StoredArtifact> {
  const file = await open(part, 'wx');
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      hash.update(chunk);
      await writeAll(file, chunk);
      sizeBytes += chunk.length;
    }
    signal?.throwIfAborted();
    await file.sync();
    return { digest: `sha256:${hash.digest('hex')}`, sizeBytes };
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    const { bytesWritten } = await file.write(chunk, written, chunk.length - written);
    written += bytesWritten;
  }
}

/** A rename is only durable once its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
