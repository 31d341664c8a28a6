import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 900_000;
const OUTPUT_BYTES = 64 * 2 ** 20;

/** UnavailableError says in a sentence why an anchor cannot be had on this machine. */
export class UnavailableError extends Error {}

/** command runs a program to its end and returns what it printed; a failure tells its last words. */
export async function command(program: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await run(program, args, { cwd, timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES });
    return stdout;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing) throw new UnavailableError(`${program} is not installed on this machine`);
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new UnavailableError(`${program} ${args[0] ?? ''} failed: ${words.trim().slice(-1500)}`);
  }
}
