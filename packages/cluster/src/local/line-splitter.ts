import { StringDecoder } from 'node:string_decoder';

/** LINE_LIMIT caps one output line in characters: enough for any event of ours, too little for a runaway program to fill memory. */
export const LINE_LIMIT = 16_384;

/** LineSplitter turns chunks of bytes into lines; a line beyond the limit is cut and says so, the rest of it is dropped. */
export class LineSplitter {
  #decoder = new StringDecoder('utf8');
  #pending = '';
  #isCut = false;
  readonly #onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  /** end gives out what stands after the last line break. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#pending !== '') this.#emit();
  }

  #take(text: string): void {
    const parts = text.split('\n');
    for (const [index, part] of parts.entries()) {
      if (index > 0) this.#emit();
      const room = LINE_LIMIT - this.#pending.length;
      if (part.length > room) this.#isCut = true;
      this.#pending += part.slice(0, room);
    }
  }

  #emit(): void {
    // No database text holds a NUL, and no reader misses one.
    const line = this.#pending.replace(/\r$/, '').replaceAll('\0', '');
    const isCut = this.#isCut;
    this.#pending = '';
    this.#isCut = false;
    this.#onLine(isCut ? `${line} … (line cut)` : line);
  }
}
