import { fileSizeProblem, type GgufParse, parseGgufHeader } from '@slipway/domain/registry';
import { ImportRefusal } from './import-refusal.ts';

type SoundHeader = Extract<GgufParse, { kind: 'ok' }>;

/** GgufInspector reads the header out of passing bytes, so that something else than a GGUF is refused before it is copied. */
export class GgufInspector {
  readonly #totalBytes: () => number | null;
  readonly #onHeader: (header: SoundHeader) => Promise<void>;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #wantedBytes = 1;
  #header: SoundHeader | null = null;

  /** totalBytes is the file's size as far as it is known by then. */
  constructor(totalBytes: () => number | null, onHeader: (header: SoundHeader) => Promise<void>) {
    this.#totalBytes = totalBytes;
    this.#onHeader = onHeader;
  }

  /** pass yields the same chunks. Throws ImportRefusal at the first byte that shows what the file is, or at its end. */
  async *pass(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let seen = 0;
    for await (const chunk of chunks) {
      seen += chunk.length;
      if (this.#header === null) await this.#look(chunk);
      yield chunk;
    }
    if (this.#header === null) this.#judge(parseGgufHeader(Buffer.concat(this.#kept), seen));
    const problem = this.#header && fileSizeProblem(this.#header, seen);
    if (problem) throw new ImportRefusal('NotAModel', problem);
  }

  /** header is there once the bytes have passed. */
  get header(): SoundHeader {
    if (this.#header === null) throw new Error('The header has not passed yet.');
    return this.#header;
  }

  async #look(chunk: Uint8Array): Promise<void> {
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#keptBytes < this.#wantedBytes) return;
    this.#judge(parseGgufHeader(Buffer.concat(this.#kept), this.#totalBytes()));
    if (this.#header !== null) {
      this.#kept = [];
      await this.#onHeader(this.#header);
    }
  }

  #judge(parsed: GgufParse): void {
    if (parsed.kind === 'invalid') throw new ImportRefusal('NotAModel', parsed.reason);
    if (parsed.kind === 'ok') this.#header = parsed;
    else this.#wantedBytes = parsed.bytes;
  }
}
