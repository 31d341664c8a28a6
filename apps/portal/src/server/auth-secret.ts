import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BYTES = 32;

/** loadAuthSecret gives the secret that signs sessions: the given one, or a file in the data directory that is made once. */
export function loadAuthSecret(given: string | null, dataDir: string): string {
  if (given !== null) return given;
  const path = join(dataDir, 'auth-secret');
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(path, randomBytes(BYTES).toString('hex'), { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    if (!isThere) throw cause;
  }
  return readFileSync(path, 'utf8').trim();
}
