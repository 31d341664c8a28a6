/** OpenedBytes is a stream that begins at `startsAt` (0 when the other side cannot begin elsewhere). */
export interface OpenedBytes {
  stream: AsyncIterable<Uint8Array>;
  startsAt: number;
  /** totalBytes is the size of the whole file where the other side says it. */
  totalBytes: number | null;
  /** tag changes when the file does. */
  tag: string | null;
  /** digest is `sha256:…` of the whole file where the other side says it. */
  digest: string | null;
}

/** ByteSource is a file somewhere that can be read from an offset on, again and again. */
export interface ByteSource {
  /** Throws ImportRefusal when trying again cannot help. */
  open(offset: number, signal: AbortSignal): Promise<OpenedBytes>;
}
