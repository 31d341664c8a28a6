// Two functions in machine code. WebAssembly has vector instructions, JavaScript has not: copying a row in and searching it
// there takes half the time. max(from, to) is the largest of the 32-bit floats between two addresses, find(from, value) the
// address of the eight among which a value comes first; it must be there.
// biome-ignore format: a section or an instruction per line
const MODULE = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  // types: (i32, i32) -> f32, (i32, f32) -> i32
  0x01, 0x0d, 0x02, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7d, 0x60, 0x02, 0x7f, 0x7d, 0x01, 0x7f,
  // import: memory m.m
  0x02, 0x08, 0x01, 0x01, 0x6d, 0x01, 0x6d, 0x02, 0x00, 0x01,
  // a function of each type, exported as max and find
  0x03, 0x03, 0x02, 0x00, 0x01,
  0x07, 0x0e, 0x02, 0x03, 0x6d, 0x61, 0x78, 0x00, 0x00, 0x04, 0x66, 0x69, 0x6e, 0x64, 0x00, 0x01,
  // code
  0x0a, 0x90, 0x01, 0x02,
  // max: vectors $2 and $3 of the largest so far
  0x58, 0x01, 0x02, 0x7b,
  // $2 = $3 = (-inf, -inf, -inf, -inf)
  0x43, 0x00, 0x00, 0x80, 0xff, 0xfd, 0x13, 0x22, 0x02, 0x21, 0x03,
  // loop
  0x03, 0x40,
  // $2 = pmax($2, load $0)
  0x20, 0x02, 0x20, 0x00, 0xfd, 0x00, 0x04, 0x00, 0xfd, 0xeb, 0x01, 0x21, 0x02,
  // $3 = pmax($3, load $0 + 16)
  0x20, 0x03, 0x20, 0x00, 0xfd, 0x00, 0x04, 0x10, 0xfd, 0xeb, 0x01, 0x21, 0x03,
  // $0 += 32; again if $0 < $1; end
  0x20, 0x00, 0x41, 0x20, 0x6a, 0x22, 0x00, 0x20, 0x01, 0x49, 0x0d, 0x00, 0x0b,
  // $2 = pmax($2, $3)
  0x20, 0x02, 0x20, 0x03, 0xfd, 0xeb, 0x01, 0x21, 0x02,
  // the largest of the four lanes of $2
  0x20, 0x02, 0xfd, 0x1f, 0x00, 0x20, 0x02, 0xfd, 0x1f, 0x01, 0x97, 0x20, 0x02, 0xfd, 0x1f, 0x02, 0x97, 0x20, 0x02, 0xfd, 0x1f, 0x03, 0x97, 0x0b,
  // find: a vector $2 of the value four times
  0x35, 0x01, 0x01, 0x7b, 0x20, 0x01, 0xfd, 0x13, 0x21, 0x02,
  // loop
  0x03, 0x40,
  // any_true(load $0 == $2 | load $0 + 16 == $2)
  0x20, 0x00, 0xfd, 0x00, 0x04, 0x00, 0x20, 0x02, 0xfd, 0x41, 0x20, 0x00, 0xfd, 0x00, 0x04, 0x10, 0x20, 0x02, 0xfd, 0x41, 0xfd, 0x50, 0xfd, 0x53,
  // if: return $0
  0x04, 0x40, 0x20, 0x00, 0x0f, 0x0b,
  // $0 += 32; again; end
  0x20, 0x00, 0x41, 0x20, 0x6a, 0x21, 0x00, 0x0c, 0x00, 0x0b,
  // unreachable, end
  0x00, 0x0b,
);
const LANES = 8;
const PAGE_BYTES = 65_536;

// The part of the JavaScript API that is used; Node's types leave WebAssembly to those of browsers.
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

const memory = new WebAssembly.Memory({ initial: 1 });
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(MODULE), { m: { m: memory } });
const max = exports.max as (from: number, to: number) => number;
const find = exports.find as (from: number, value: number) => number;
let floats = new Float32Array(memory.buffer);

// Shorter rows are searched before they would be copied.
const LEAST_VECTOR_LENGTH = 256;

/** argMax returns the index of the largest logit, the lowest index on a tie; 0 when there is no number at all. */
export function argMax(row: Float32Array): number {
  if (row.length < LEAST_VECTOR_LENGTH) return searchFrom(row, 0, row.length);
  const padded = Math.ceil(row.length / LANES) * LANES;
  if (floats.length < padded) {
    memory.grow(Math.ceil(((padded - floats.length) * 4) / PAGE_BYTES));
    floats = new Float32Array(memory.buffer);
  }
  floats.set(row);
  floats.fill(-Infinity, row.length, padded);
  const largest = max(0, padded * 4);
  if (largest === -Infinity) return 0;
  const from = find(0, largest) / 4;
  return searchFrom(row, from, Math.min(from + LANES, row.length));
}

function searchFrom(row: Float32Array, from: number, to: number): number {
  let best = from;
  let largest = -Infinity;
  for (let index = from; index < to; index += 1) {
    const value = row[index] as number;
    if (value > largest) {
      largest = value;
      best = index;
    }
  }
  return best;
}
