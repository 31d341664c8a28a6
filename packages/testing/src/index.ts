export { buildGguf, type GgufEntry, type GgufTensorSpec, tinyGgufEntries } from './gguf.ts';
export { openTestDatabase, type TestDatabase } from './postgres.ts';
