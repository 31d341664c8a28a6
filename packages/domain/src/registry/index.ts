export * from './contract.ts';
export * from './file-name.ts';
export { fileSizeProblem, foreignFormat, type GgufParse, parseGgufHeader } from './gguf-header.ts';
export * from './import-source.ts';
export * from './served-task.ts';
