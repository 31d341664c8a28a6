import type { ServedModel } from './served-model.ts';

/** fullModelName is how a model with an adapter is named: `base:adapter`. */
export function fullModelName(base: string, adapter: string | null): string {
  return adapter === null ? base : `${base}:${adapter}`;
}

/** servedNames lists a model and the same model with each of its adapters. */
export function servedNames(base: string, adapters: readonly string[]): string[] {
  return [base, ...adapters.map((adapter) => fullModelName(base, adapter))];
}

/** isServed says whether a name is one of the model's, alone or with one of its adapters behind it. */
export function isServed(name: string, modelNames: readonly string[], adapters: readonly string[]): boolean {
  return modelNames.includes(name) || modelNames.some((base) => servedNames(base, adapters).includes(name));
}

/** adapterOf is the adapter that the name of a served model asks for; null when it asks for none. */
export function adapterOf({ model }: ServedModel, name: string): string | null {
  // The names of adapters hold no colon, those of models may.
  const adapter = name.slice(name.lastIndexOf(':') + 1);
  return adapter !== name && model.adapters.includes(adapter) ? adapter : null;
}
