import { LlamaError, type LlamaModel, type LoraAdapter } from '../llama/index.ts';

/** AdapterFile is a LoRA adapter that requests name; `scale` 1 (the default) is as it was trained. */
export interface AdapterFile {
  name: string;
  path: string;
  scale?: number;
}

/** LoadedAdapter is an adapter that is ready to be used. */
export interface LoadedAdapter {
  adapter: LoraAdapter;
  scale: number;
}

/** loadAdapters loads adapters by name; it throws when one does not fit the model, or when a name stands twice. */
export function loadAdapters(model: LlamaModel, files: readonly AdapterFile[]): Map<string, LoadedAdapter> {
  const loaded = new Map<string, LoadedAdapter>();
  for (const { name, path, scale = 1 } of files) {
    if (name === '' || name.includes(':')) throw new LlamaError(`An adapter cannot be named ${JSON.stringify(name)}`);
    if (loaded.has(name)) throw new LlamaError(`Two adapters are named ${JSON.stringify(name)}`);
    loaded.set(name, { adapter: model.loadLora(path), scale });
  }
  return loaded;
}
