/** GgufValue is a metadata value that the platform looks at; an array too long to keep is only its length. */
export type GgufValue = string | number | bigint | boolean | { length: number; items: (number | bigint | boolean)[] };
/** GgufTensor is one tensor as the header declares it; `offset` counts from the end of the header. */
export interface GgufTensor {
  typeName: string;
  values: number;
  offset: number;
  bytes: number;
}
/** GgufHeader is what the parser saw before it is put into words. */
export interface GgufHeader {
  version: number;
  values: ReadonlyMap<string, GgufValue>;
  tensors: readonly GgufTensor[];
}
