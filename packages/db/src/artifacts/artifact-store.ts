import type { Readable } from 'node:stream';

/** StoredArtifact is what lies in the store: its address is the digest of its bytes. */
export interface StoredArtifact {
  /** digest is `sha256:` and 64 hex digits. */
  digest: string;
  sizeBytes: number;
}

/** PutOptions are what may end a put; a function is asked for the expected digest once the stream has ended. */
export interface PutOptions {
  expectedDigest?: string | undefined | (() => string | undefined);
  signal?: AbortSignal | undefined;
}

/** ArtifactStore keeps immutable files by digest; the same bytes twice are one file. */
export interface ArtifactStore {
  /** put keeps a stream's bytes. Throws DigestMismatch when they are not the expected ones; then nothing is kept. */
  put(stream: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<StoredArtifact>;
  /** path is where a process on this machine reads the file; it need not exist. */
  path(digest: string): string;
  /** has says whether the whole file is there. */
  has(digest: string): Promise<boolean>;
  open(digest: string): Readable;
  /** remove deletes the file; an absent one is fine. */
  remove(digest: string): Promise<void>;
  /** sweep deletes what writers that died left behind, when it is older than `olderThanMillis`. */
  sweep(olderThanMillis: number): Promise<number>;
}

/** DigestMismatch says that the bytes are not those that were announced. */
export class DigestMismatch extends Error {
  readonly expected: string;
  readonly actual: string;
  constructor(expected: string, actual: string) {
    super(`The bytes have the digest ${actual}, expected was ${expected}.`);
    this.name = 'DigestMismatch';
    this.expected = expected;
    this.actual = actual;
  }
}
