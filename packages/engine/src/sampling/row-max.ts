// The machine code of max(from, to): the largest of the 32-bit floats between two addresses, eight at a time. WebAssembly
// has vector instructions, JavaScript has not; copying a row in and searching it there takes a third of the time.
// biome-ignore format: a section or an instruction per line
const MODULE = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  // type: (i32, i32) -> f32
  0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7d,
  // import: memory m.m
  0x02, 0x08, 0x01, 0x01, 0x6d, 0x01, 0x6d, 0x02, 0x00, 0x01,
  // one function of that type, exported as max
  0x03, 0x02, 0x01, 0x00,
  0x07, 0x07, 0x01, 0x03, 0x6d, 0x61, 0x78, 0x00, 0x00,
  // code: two vectors $2 and $3 of the largest so far
  0x0a, 0x5a, 0x01, 0x58, 0x01, 0x02, 0x7b,
  // $2 = $3 = (-inf, -inf, -inf, -inf)
  0x43, 0x00, 0x00, 0x80, 0xff, 0xfd, 0x13, 0x22, 0x02, 0x21, 0x03,
  // loop
  0x03, 0x40,
  // $2 = pmax($2, load $0)
  0x20, 0x02, 0x20, 0x00, 0xfd, 0x00, 0x04, 0x00, 0xfd, 0xeb, 0x01, 0x21, 0x02,
  // $3 = pmax($3, load $0 + 16)
  0x20, 0x03, 0x20, 0x00, 0xfd, 0x00, 0x04, 0x10, 0xfd, 0xeb, 0x01, 0x21, 0x03,
  // $0 += 32; again if $0 < $1
  0x20, 0x00, 0x41, 0x20, 0x6a, 0x22, 0x00, 0x20, 0x01, 0x49, 0x0d, 0x00,
  // end
  0x0b,
  // $2 = pmax($2, $3)
  0x20, 0x02, 0x20, 0x03, 0xfd, 0xeb, 0x01, 0x21, 0x02,
  // the largest of the four lanes of $2
  0x20, 0x02, 0xfd, 0x1f, 0x00,
  0x20, 0x02, 0xfd, 0x1f, 0x01, 0x97,
  0x20, 0x02, 0xfd, 0x1f, 0x02, 0x97,
  0x20, 0x02, 0xfd, 0x1f, 0x03, 0x97,
  0x0b,
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
let floats = new Float32Array(memory.buffer);

// Shorter rows are searched before they would be copied.
const LEAST_VECTOR_LENGTH = 256;

/** rowMax is the largest value of a row that is not empty; NaN is passed over. */
export function rowMax(row: Float32Array): number {
  if (row.length < LEAST_VECTOR_LENGTH) {
    let largest = -Infinity;
    for (const value of row) if (value > largest) largest = value;
    return largest;
  }
  const padded = Math.ceil(row.length / LANES) * LANES;
  if (floats.length < padded) {
    memory.grow(Math.ceil(((padded - floats.length) * 4) / PAGE_BYTES));
    floats = new Float32Array(memory.buffer);
  }
  floats.set(row);
  floats.fill(-Infinity, row.length, padded);
  return max(0, padded * 4);
}
