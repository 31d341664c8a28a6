import { LlamaIncompatibleError } from './errors.ts';

/** Fields is a native struct as koffi decodes it. */
export type Fields = Readonly<Record<string, number | bigint | boolean | null>>;

/** fieldMismatches lists, in words, every field where the library's defaults differ from the pinned release's. */
export function fieldMismatches(structName: string, actual: Fields, expected: Fields): string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...names]
    .filter((name) => comparable(actual[name]) !== comparable(expected[name]))
    .map((name) => `${structName}.${name} is ${String(actual[name])}, expected ${String(expected[name])}`);
}

/** assertCompatible throws when the version or any default differs: a wrong struct layout would corrupt memory silently. */
export function assertCompatible(input: {
  version: string;
  expectedVersion: string;
  structs: readonly { name: string; actual: Fields; expected: Fields }[];
}): void {
  const problems = input.structs.flatMap((struct) => fieldMismatches(struct.name, struct.actual, struct.expected));
  if (input.version !== input.expectedVersion) {
    problems.unshift(`version is ${input.version}, expected ${input.expectedVersion}`);
  }
  if (problems.length > 0) {
    throw new LlamaIncompatibleError(
      `The native llama.cpp library does not match these bindings, so it is not used (${problems.join('; ')}). ` +
        'Install the pinned version of @node-llama-cpp/linux-x64.',
    );
  }
}

function comparable(value: number | bigint | boolean | null | undefined): string {
  return typeof value === 'bigint' ? String(Number(value)) : String(value);
}
