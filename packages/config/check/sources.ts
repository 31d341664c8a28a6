import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** root is the repository. */
export const root = join(import.meta.dirname, '../../..');

/** listSources lists the files that git tracks or would track, below the repository's root. */
export function listSources(): string[] {
  const output = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return output.split('\n').filter((path) => path !== '' && existsSync(join(root, path)));
}
