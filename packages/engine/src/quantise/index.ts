export { FILE_TYPES, type FileType, fileTypeNames, fileTypeOf, isFileType } from './file-types.ts';
export { type QuantiseOptions, quantise } from './quantise.ts';
