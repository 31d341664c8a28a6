export { openTestDatabase, type TestDatabase } from "./postgres.ts";
export { buildGguf, type GgufEntry, type GgufTensorSpec, tinyGgufEntries } from './gguf.ts';
