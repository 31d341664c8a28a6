/** GgufRefusal is why a header is not believed. */
export class GgufRefusal extends Error {}
/** NeedMore says that the prefix ends before the header does. */
export class NeedMore extends Error {
  readonly bytes: number;
  constructor(bytes: number) {
    super(`needs ${bytes} bytes`);
    this.bytes = bytes;
  }
}

/** GGUF_TYPE are the type numbers of metadata values. */
export const GGUF_TYPE = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
} as const;

/** SCALAR_BYTES is how long each scalar type is. */
export const SCALAR_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/** GgufReader walks a little-endian prefix; every length is checked against the header's limit before it is followed. */
export class GgufReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #limit: number;
  readonly #limitReason: string;
  offset = 0;

  /** limit is the last offset that the header may reach. */
  constructor(bytes: Uint8Array, limit: { bytes: number; reason: string }) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limit = limit.bytes;
    this.#limitReason = limit.reason;
  }

  /** Moves over `count` bytes and answers where they begin. */
  #take(count: number, what: string): number {
    const end = this.offset + count;
    if (end > this.#limit) throw new GgufRefusal(`${what} would end at byte ${end}, ${this.#limitReason}`);
    if (end > this.#bytes.length) throw new NeedMore(end);
    const start = this.offset;
    this.offset = end;
    return start;
  }

  u32(what: string): number {
    return this.#view.getUint32(this.#take(4, what), true);
  }

  u64(what: string): bigint {
    return this.#view.getBigUint64(this.#take(8, what), true);
  }

  /** A number of things: at most `most`, so that it is exact and no loop over it is long. */
  count(what: string, most: number): number {
    const value = this.u64(what);
    if (value > BigInt(most)) throw new GgufRefusal(`${what} is ${value}; at most ${most} is believed`);
    return Number(value);
  }

  string(what: string, mostBytes: number): string {
    const length = this.count(`The length of ${what}`, mostBytes);
    const start = this.#take(length, what);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }

  skip(count: number, what: string): void {
    this.#take(count, what);
  }

  /** A scalar as a number, bigint or boolean. */
  scalar(type: number, what: string): number | bigint | boolean {
    const size = SCALAR_BYTES[type];
    if (size === undefined) throw new GgufRefusal(`${what} has the unknown value type ${type}`);
    const at = this.#take(size, what);
    switch (type) {
      case GGUF_TYPE.uint8:
        return this.#view.getUint8(at);
      case GGUF_TYPE.int8:
        return this.#view.getInt8(at);
      case GGUF_TYPE.uint16:
        return this.#view.getUint16(at, true);
      case GGUF_TYPE.int16:
        return this.#view.getInt16(at, true);
      case GGUF_TYPE.uint32:
        return this.#view.getUint32(at, true);
      case GGUF_TYPE.int32:
        return this.#view.getInt32(at, true);
      case GGUF_TYPE.float32:
        return this.#view.getFloat32(at, true);
      case GGUF_TYPE.bool:
        return this.#view.getUint8(at) !== 0;
      case GGUF_TYPE.uint64:
        return this.#view.getBigUint64(at, true);
      case GGUF_TYPE.int64:
        return this.#view.getBigInt64(at, true);
      default:
        return this.#view.getFloat64(at, true);
    }
  }
}
