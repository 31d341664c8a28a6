export { importModelVersion } from './import-model-version.ts';
