/** FILE_TYPES maps each quantisation that llama.cpp can write to its ftype number. */
export const FILE_TYPES = {
  F32: 0,
  F16: 1,
  BF16: 32,
  Q8_0: 7,
  Q6_K: 18,
  Q5_K_M: 17,
  Q5_K_S: 16,
  Q5_1: 9,
  Q5_0: 8,
  Q4_K_M: 15,
  Q4_K_S: 14,
  IQ4_NL: 25,
  IQ4_XS: 30,
  Q4_1: 3,
  Q4_0: 2,
  Q3_K_L: 13,
  Q3_K_M: 12,
  Q3_K_S: 11,
  Q2_K: 10,
  TQ2_0: 37,
  TQ1_0: 36,
} as const;

/** FileType is the name of a quantisation, as model files are labelled. */
export type FileType = keyof typeof FILE_TYPES;

/** fileTypeNames lists every FileType. */
export const fileTypeNames: readonly FileType[] = Object.keys(FILE_TYPES).filter(isFileType);

/** isFileType says whether a name is one that quantise can write. */
export function isFileType(name: string): name is FileType {
  return Object.hasOwn(FILE_TYPES, name);
}

/** fileTypeOf names an ftype number, or returns null for one that cannot be written without further data. */
export function fileTypeOf(number: number): FileType | null {
  return fileTypeNames.find((name) => FILE_TYPES[name] === number) ?? null;
}
