import { LlamaError } from './errors.ts';

/** Section is one layer's keys or values in a saved state: a head that names type and row size, then a row per cell. */
interface Section {
  head: Uint8Array;
  rowBytes: number;
}

/** StateShape is what all saved sequences of a context have in common. */
interface StateShape {
  streams: number;
  sections: readonly Section[];
  /** bytesPerToken counts the rows of all sections. */
  bytesPerToken: number;
}

interface ParsedState {
  shape: StateShape;
  positions: Int32Array;
  /** starts holds the offset of each section's first row. */
  starts: readonly number[];
}

// magic and sequence id, then the number of streams.
const STREAMS_OFFSET = 8;
// position, number of sequences (always 1), sequence id.
const CELL_BYTES = 12;
// type (int32) and row size (uint64).
const SECTION_HEAD_BYTES = 12;

/**
 * SequenceStateCodec cuts states that llama_state_seq_get_data wrote into blocks of tokens, and joins blocks to a state that
 * llama_state_seq_set_data reads. The format is that of the pinned release (llama_kv_cache::state_write); a state of another
 * shape (several caches, transposed values, extended cells) is refused.
 */
export class SequenceStateCodec {
  readonly blockTokens: number;
  private readonly shape: StateShape;
  private readonly magic: Uint8Array;

  /** The sample is any saved state of the context that holds at least one token. */
  constructor(sample: Uint8Array, blockTokens: number) {
    this.blockTokens = blockTokens;
    this.shape = parse(sample).shape;
    this.magic = sample.slice(0, 4);
  }

  /** blockBytes is the size of one block. */
  get blockBytes(): number {
    return this.shape.bytesPerToken * this.blockTokens;
  }

  /** cut copies the blocks at the given places in the sequence out of a saved state. */
  cut(state: Uint8Array, indices: readonly number[]): Uint8Array[] {
    const { shape, positions, starts } = parse(state);
    const rowOf = rowsByPosition(positions);
    return indices.map((index) => {
      const rows = Array.from({ length: this.blockTokens }, (_, offset) => rowOf(index * this.blockTokens + offset));
      const block = new Uint8Array(this.blockBytes);
      let at = 0;
      for (const [section, { rowBytes }] of shape.sections.entries()) {
        const start = starts[section] as number;
        for (const [first, count] of runs(rows)) {
          block.set(state.subarray(start + first * rowBytes, start + (first + count) * rowBytes), at);
          at += count * rowBytes;
        }
      }
      return block;
    });
  }

  /** stateBytes is the size of a joined state of so many blocks. */
  stateBytes(blocks: number): number {
    const { streams, sections } = this.shape;
    const heads = STREAMS_OFFSET + 4 + streams * 4 + 8 + sections.length * SECTION_HEAD_BYTES;
    return heads + blocks * this.blockTokens * CELL_BYTES + blocks * this.blockBytes;
  }

  /** join writes the state of a sequence that begins with these blocks into `target`, and returns the part that it fills. */
  join(blocks: readonly Uint8Array[], target: Uint8Array): Uint8Array {
    const { streams, sections } = this.shape;
    const state = target.subarray(0, this.stateBytes(blocks.length));
    const view = new DataView(state.buffer, state.byteOffset, state.byteLength);
    const tokens = blocks.length * this.blockTokens;
    state.set(this.magic, 0);
    view.setInt32(4, 0, true);
    view.setUint32(STREAMS_OFFSET, streams, true);
    view.setUint32(STREAMS_OFFSET + 4, tokens, true);
    let at = STREAMS_OFFSET + 8;
    for (let position = 0; position < tokens; position += 1) {
      view.setInt32(at, position, true);
      view.setUint32(at + 4, 1, true);
      view.setInt32(at + 8, 0, true);
      at += CELL_BYTES;
    }
    view.setUint32(at, 0, true);
    view.setUint32(at + 4, this.layerCount, true);
    at += 8;
    let from = 0;
    for (const { head, rowBytes } of sections) {
      state.set(head, at);
      at += SECTION_HEAD_BYTES;
      const bytes = rowBytes * this.blockTokens;
      for (const block of blocks) {
        state.set(block.subarray(from, from + bytes), at);
        at += bytes;
      }
      from += bytes;
    }
    // The other streams are empty.
    state.fill(0, at);
    return state;
  }

  // Keys of all layers come first, then values.
  private get layerCount(): number {
    return this.shape.sections.length / 2;
  }
}

function parse(state: Uint8Array): ParsedState {
  const view = new DataView(state.buffer, state.byteOffset, state.byteLength);
  const streams = view.getUint32(STREAMS_OFFSET, true);
  let at = STREAMS_OFFSET + 4;
  let stream = 0;
  while (stream < streams && view.getUint32(at, true) === 0) {
    stream += 1;
    at += 4;
  }
  if (stream >= streams) throw new LlamaError('The saved sequence is empty');
  const tokens = view.getUint32(at, true);
  at += 4;
  const positions = new Int32Array(tokens);
  for (let cell = 0; cell < tokens; cell += 1) {
    positions[cell] = view.getInt32(at, true);
    if (view.getUint32(at + 4, true) !== 1) throw unsupported();
    at += CELL_BYTES;
  }
  if (view.getUint32(at, true) !== 0) throw unsupported();
  const layers = view.getUint32(at + 4, true);
  at += 8;
  const end = state.byteLength - 4 * (streams - stream - 1);
  const sections: Section[] = [];
  const starts: number[] = [];
  while (at < end && sections.length < 2 * layers) {
    const rowBytes = Number(view.getBigUint64(at + 4, true));
    sections.push({ head: state.slice(at, at + SECTION_HEAD_BYTES), rowBytes });
    at += SECTION_HEAD_BYTES;
    starts.push(at);
    at += rowBytes * tokens;
  }
  if (at !== end || sections.length !== 2 * layers) throw unsupported();
  const bytesPerToken = sections.reduce((sum, { rowBytes }) => sum + rowBytes, 0);
  return { shape: { streams, sections, bytesPerToken }, positions, starts };
}

function unsupported(): LlamaError {
  return new LlamaError('The saved sequence has a layout that cannot be cut into blocks');
}

/** rowsByPosition finds the row of a position; cells are nearly always in order. */
function rowsByPosition(positions: Int32Array): (position: number) => number {
  const isOrdered = positions.every((position, row) => position === row);
  const rows = isOrdered ? null : new Map([...positions].map((position, row) => [position, row]));
  return (position) => {
    const row = rows === null ? position : rows.get(position);
    if (row === undefined || row >= positions.length) {
      throw new LlamaError(`The saved sequence has no token at position ${position}`);
    }
    return row;
  };
}

/** runs joins rows that follow each other to [first, count]. */
function runs(rows: readonly number[]): [number, number][] {
  const joined: [number, number][] = [];
  for (const row of rows) {
    const last = joined.at(-1);
    if (last !== undefined && last[0] + last[1] === row) last[1] += 1;
    else joined.push([row, 1]);
  }
  return joined;
}
