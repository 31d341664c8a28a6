import { realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { invalidInput } from '@slipway/domain';

/** resolveModelPath answers the real path of a file that lies inside an allowed directory, links followed. Throws invalid input with the remedy. */
export async function resolveModelPath(path: string, allowed: readonly string[]): Promise<string> {
  const roots = await Promise.all(allowed.map((root) => realpath(root).catch(() => null)));
  const inside = (real: string) =>
    roots.some((root) => root !== null && real.startsWith(root.endsWith(sep) ? root : root + sep));
  const real = path.startsWith(sep) && !path.includes('\0') ? await realpath(path).catch(() => null) : null;
  // One sentence for absent and forbidden: the answer must not tell what else lies on the server.
  if (real === null || !inside(real)) {
    const where =
      allowed.length === 0 ? 'no directory is allowed yet' : `allowed is what lies in ${allowed.join(', ')}`;
    throw invalidInput(`There is no file ${JSON.stringify(path)} that may be read: ${where}.`, 'source');
  }
  if (!(await stat(real)).isFile()) throw invalidInput(`${JSON.stringify(path)} is not a file.`, 'source');
  return real;
}
