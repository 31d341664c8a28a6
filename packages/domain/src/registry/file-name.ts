import { invalidInput } from '../kernel/errors.ts';

// The longest name that common file systems take.
const MAX_NAME_BYTES = 255;

/** checkFileName answers the name of an uploaded file, or refuses one that could lead out of its directory or fool a reader. */
export function checkFileName(name: string): string {
  const problem = problemOf(name);
  if (problem !== null) throw invalidInput(`The file name ${shown(name)} ${problem}.`, 'fileName');
  return name;
}

/** checkRepositoryFile answers the path of a file inside a repository, or refuses one that leaves it. */
export function checkRepositoryFile(path: string): string {
  const parts = path.split('/');
  for (const part of parts) {
    const problem = problemOf(part);
    if (problem !== null) throw invalidInput(`The file ${shown(path)} ${problem}.`, 'file');
  }
  return path;
}

function problemOf(name: string): string | null {
  if (name === '') return 'is empty or has an empty part';
  if (name === '.' || name === '..') return 'leads out of its directory';
  if (/[/\\]/.test(name)) return 'contains a directory: give the file name alone';
  // Control characters and those that reorder or hide text.
  if (/[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u.test(name))
    return 'contains control or invisible characters';
  if (new TextEncoder().encode(name).length > MAX_NAME_BYTES) return `is longer than ${MAX_NAME_BYTES} bytes`;
  return null;
}

const shown = (name: string) => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
