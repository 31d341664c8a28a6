import { buildGguf, type GgufEntry, type GgufTensorSpec, tinyGgufEntries } from '@slipway/testing';
import { describe, expect, it } from 'vitest';
import { ggufMetadataSchema } from './contract.ts';
import { type GgufParse, parseGgufHeader } from './gguf-header.ts';

const whole = (bytes: Uint8Array): GgufParse => parseGgufHeader(bytes, bytes.length);
const ascii = (text: string) => new TextEncoder().encode(text.padEnd(256, ' '));

describe('parseGgufHeader on a sound file', () => {
  it('says what the model is', () => {
    const file = buildGguf();
    const parsed = whole(file);
    if (parsed.kind !== 'ok') throw new Error(JSON.stringify(parsed));
    expect(ggufMetadataSchema.parse(parsed.metadata)).toEqual({
      format: 'gguf',
      ggufVersion: 3,
      architecture: 'llama',
      name: 'Tiny test model',
      parameterCount: 40,
      tensorCount: 2,
      quantisation: 'F32',
      contextLength: 512,
      embeddingLength: 8,
      blockCount: 2,
      vocabularySize: 4,
      tokenizer: 'gpt2',
      chatTemplate: '{{ messages }}',
      licence: 'apache-2.0',
      // 2 layers x 1 head x (4 + 4) values x 2 bytes
      kvBytesPerToken: 32,
      poolingType: null,
    });
    expect(parsed.expectedFileBytes).toBe(file.length);
  });

  it('finds the verdict by asking for more, a few times', () => {
    const entries = tinyGgufEntries([
      { key: 'tokenizer.ggml.tokens', type: 'strings', value: Array.from({ length: 20_000 }, (_, i) => `token ${i}`) },
    ]);
    const file = buildGguf({ entries });
    let have = 1;
    let parses = 0;
    for (;;) {
      const parsed = parseGgufHeader(file.subarray(0, have));
      parses += 1;
      if (parsed.kind === 'need_more') {
        expect(parsed.bytes).toBeGreaterThan(have);
        have = Math.min(parsed.bytes, file.length);
        continue;
      }
      expect(parsed.kind).toBe('ok');
      break;
    }
    expect(parses).toBeLessThan(25);
  });

  it('takes the dominant tensor type where the header does not name the quantisation', () => {
    const entries = tinyGgufEntries().filter((entry) => entry.key !== 'general.file_type');
    const tensors: GgufTensorSpec[] = [
      { name: 'a', extents: [256, 64], typeNumber: 12, bytes: 64 * 144 },
      { name: 'b', extents: [64] },
    ];
    expect(whole(buildGguf({ entries, tensors }))).toMatchObject({ metadata: { quantisation: 'Q4_K' } });
  });

  it('says how an embedding model pools', () => {
    const entries = tinyGgufEntries([{ key: 'llama.pooling_type', type: 'uint32', value: 3 }]);
    expect(whole(buildGguf({ entries }))).toMatchObject({ metadata: { poolingType: 3 } });
  });

  it('adds up heads that differ by layer', () => {
    const entries = tinyGgufEntries([{ key: 'llama.attention.head_count_kv', type: 'uint32s', value: [1, 2] }]);
    expect(whole(buildGguf({ entries }))).toMatchObject({ metadata: { kvBytesPerToken: 48 } });
  });
});

describe('parseGgufHeader on a file that is something else', () => {
  const table: [string, Uint8Array, string][] = [
    ['a zip', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), 'This is a compressed file (zip): unpack it first.'],
    ['a gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), 'This is a compressed file (gzip): unpack it first.'],
    [
      'a web page',
      ascii('<!DOCTYPE html><html>'),
      'This is a web page, not a GGUF file: check the address and the token.',
    ],
    [
      'a Git LFS pointer',
      ascii('version https://git-lfs.github.com/spec/v1\noid'),
      'This is a Git LFS pointer, not the file itself: fetch it with git lfs pull first.',
    ],
    [
      'a safetensors file',
      ascii('\u0010\0\0\0\0\0\0\0{"__metadata__"'),
      'This is a safetensors file, not a GGUF: convert it first.',
    ],
    ['text', ascii('hello'), 'This is not a GGUF file: it does not begin with the letters GGUF.'],
    [
      'an empty file',
      new Uint8Array(),
      'The magic would end at byte 4, but the file has 0: it is truncated or its header lies.',
    ],
  ];
  it.each(table)('%s', (_sentence, bytes, reason) => {
    expect(whole(bytes)).toEqual({ kind: 'invalid', reason });
  });
});

describe('parseGgufHeader on a lying header', () => {
  const entry = (key: string, value: number): GgufEntry[] => tinyGgufEntries([{ key, type: 'uint32', value }]);
  const tensor = (spec: Partial<GgufTensorSpec>): Uint8Array =>
    buildGguf({ tensors: [{ name: 'a', extents: [8], bytes: 32, ...spec }] });
  const cut = buildGguf().subarray(0, -40);
  const table: [string, Uint8Array, RegExp][] = [
    [
      'a truncated file, with numbers',
      cut,
      new RegExp(`truncated: its header declares ${cut.length + 40} bytes, it has ${cut.length}`),
    ],
    [
      'a file cut inside its header',
      buildGguf().subarray(0, 100),
      /the file has 100: it is truncated or its header lies/,
    ],
    ['something appended', Buffer.concat([buildGguf(), Buffer.alloc(64)]), /something else is appended/],
    ['version 1', buildGguf({ version: 1 }), /version 1; 2 and 3/],
    ['big-endian', buildGguf({ version: 0x03000000 }), /big-endian/],
    ['2^63 tensors', buildGguf({ tensorCount: 2n ** 63n }), /number of tensors is 9223372036854775808; at most/],
    ['more metadata than is there', buildGguf({ valueCount: 4_000n }), /metadata key|length of/],
    ['2^40 metadata values', buildGguf({ valueCount: 2n ** 40n }), /number of metadata values/],
    ['no tensors', buildGguf({ tensors: [] }), /no tensors/],
    ['no architecture', buildGguf({ entries: [] }), /does not name the architecture/],
    ['a key twice', buildGguf({ entries: [...tinyGgufEntries(), ...tinyGgufEntries()] }), /stands twice/],
    [
      'a tensor twice',
      buildGguf({
        tensors: [
          { name: 'a', extents: [8] },
          { name: 'a', extents: [8] },
        ],
      }),
      /tensor "a" stands twice/,
    ],
    ['five dimensions', tensor({ extents: [8, 1, 1, 1, 1] }), /5 dimensions/],
    ['an empty dimension', tensor({ extents: [8, 0] }), /empty dimension/],
    [
      'dimensions that overflow',
      tensor({ extents: [2n ** 40n, 2n ** 40n], bytes: 32 }),
      /more values than a file can hold/,
    ],
    ['an unknown tensor type', tensor({ typeNumber: 99 }), /unknown type 99/],
    ['rows that cannot be blocks', tensor({ typeNumber: 12 }), /Q4_K cannot divide/],
    ['an offset beyond the file', tensor({ offset: 2n ** 62n }), /beyond any file/],
    [
      'an offset that overlaps',
      buildGguf({
        tensors: [
          { name: 'a', extents: [8] },
          { name: 'b', extents: [8], offset: 0 },
        ],
      }),
      /claims to begin at 0; the ones before it end at 32/,
    ],
    ['an alignment of 24', buildGguf({ entries: entry('general.alignment', 24) }), /not a power of two/],
    ['one part of a split model', buildGguf({ entries: entry('split.count', 3) }), /part 1 of 3/],
    [
      'an adapter',
      buildGguf({ entries: tinyGgufEntries([{ key: 'general.type', type: 'string', value: 'adapter' }]) }),
      /holds "adapter", not a model/,
    ],
  ];
  it.each(table)('refuses %s', (_sentence, bytes, reason) => {
    const parsed = whole(bytes);
    expect(parsed.kind).toBe('invalid');
    if (parsed.kind === 'invalid') expect(parsed.reason).toMatch(reason);
  });

  it('refuses a string longer than the file before it waits for it', () => {
    const file = Buffer.from(buildGguf());
    file.writeBigUInt64LE(900n, 24);
    expect(parseGgufHeader(file.subarray(0, 64), file.length)).toMatchObject({ kind: 'invalid' });
  });
});

describe('parseGgufHeader on anything', () => {
  it('answers one of three verdicts, quickly, for every mutation and every cut', () => {
    const sound = buildGguf();
    let state = 12_345;
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 4_294_967_296) * below);
    };
    const verdicts = { ok: 0, invalid: 0, need_more: 0 };
    const startedAt = performance.now();
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Uint8Array.from(sound);
      for (let flips = random(6); flips >= 0; flips -= 1)
        bytes[random(bytes.length)] = random(2) === 0 ? 255 : random(256);
      const prefix = bytes.subarray(0, random(3) === 0 ? random(bytes.length) : bytes.length);
      const parsed = parseGgufHeader(prefix, random(2) === 0 ? bytes.length : null);
      verdicts[parsed.kind] += 1;
      if (parsed.kind === 'need_more') expect(parsed.bytes).toBeGreaterThan(prefix.length);
      if (parsed.kind === 'ok') ggufMetadataSchema.parse(parsed.metadata);
    }
    expect(Math.min(...Object.values(verdicts)), JSON.stringify(verdicts)).toBeGreaterThan(100);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  it('never asks for more than the file has', () => {
    const sound = buildGguf();
    for (let length = 0; length < sound.length; length += 1) {
      const parsed = parseGgufHeader(sound.subarray(0, length), sound.length);
      if (parsed.kind === 'need_more') expect(parsed.bytes).toBeLessThanOrEqual(sound.length);
    }
  });
});
