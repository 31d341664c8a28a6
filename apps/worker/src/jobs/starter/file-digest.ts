import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** fileDigest is `sha256:` and the digest of a file, or null when there is none. */
export async function fileDigest(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return `sha256:${hash.digest('hex')}`;
}

/** keepFile writes a stream to a path, all of it or nothing. Throws when the bytes are not those of the digest. */
export async function keepFile(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  expected: { digest: string; onBytes: (seen: number) => void },
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // Another installation may be fetching into the same cache.
  const part = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(part, 'wx');
    const hash = createHash('sha256');
    let seen = 0;
    try {
      for await (const chunk of bytes) {
        hash.update(chunk);
        await file.writeFile(chunk);
        seen += chunk.length;
        expected.onBytes(seen);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    const actual = `sha256:${hash.digest('hex')}`;
    if (actual !== expected.digest)
      throw new Error(`the file has the digest ${actual}, expected was ${expected.digest}`);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}
