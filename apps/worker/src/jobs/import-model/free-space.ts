import { mkdir, statfs } from 'node:fs/promises';
import { ImportRefusal } from './import-refusal.ts';

// What the rest of the platform (database, logs) needs to go on.
const RESERVED_BYTES = 512 * 1024 * 1024;

/** requireSpace refuses an import that the disk of the data directory cannot hold. */
export async function requireSpace(dataDir: string, neededBytes: number): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const disk = await statfs(dataDir);
  const free = disk.bavail * disk.bsize - RESERVED_BYTES;
  if (neededBytes <= free) return;
  throw new ImportRefusal(
    'NoSpace',
    `The file needs ${neededBytes} bytes and ${Math.max(0, free)} are free in the data directory. Make room, then retry.`,
  );
}
