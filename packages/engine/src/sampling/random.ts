/** Random is a source of numbers in [0, 1) that depends on its seed alone. */
export type Random = () => number;

/** createRandom makes the generator of one request (sfc32, seeded through splitmix32), so that no request disturbs another. */
export function createRandom(seed: number): Random {
  const split = splitMix(seed);
  let a = split();
  let b = split();
  let c = split();
  let counter = 1;
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  };
}

function splitMix(seed: number): () => number {
  // A seed may have up to 53 bits: fold the upper ones in, so that they count too.
  let state = (Math.floor(seed / 2 ** 32) * 0x9e3779b1 + (seed >>> 0)) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}
