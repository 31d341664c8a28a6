export { DEFAULT_HUB_URL, type ImportDeps, importModelVersion } from './import-model-version.ts';
