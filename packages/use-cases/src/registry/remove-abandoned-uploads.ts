import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteUnclaimedUpload, listUnclaimedUploadIds } from '@slipway/db';
import type { Deps } from '../deps.ts';

// The upload server keeps what it knows of a file beside it.
const NOTES_SUFFIX = '.json';

/** removeAbandonedUploads deletes uploads that nobody used or wrote to for `idleMillis`, and says how many. */
export async function removeAbandonedUploads(deps: Deps, idleMillis: number): Promise<number> {
  const directory = join(deps.dataDir, 'uploads');
  const before = new Date(deps.now().getTime() - idleMillis);
  const names = await readdir(directory).catch(() => [] as string[]);
  const known = await listUnclaimedUploadIds(deps.db.prisma, before);
  const ids = new Set([...known, ...names.map((name) => name.replace(NOTES_SUFFIX, ''))]);
  let removed = 0;
  for (const id of ids) {
    const files = [join(directory, id), join(directory, `${id}${NOTES_SUFFIX}`)];
    const writtenAt = await Promise.all(
      files.map((file) =>
        stat(file).then(
          (found) => found.mtime,
          () => null,
        ),
      ),
    );
    if (writtenAt.some((at) => at !== null && at >= before)) continue;
    // The row first: from then on nobody can begin to use the file. One in use keeps it until its import is done.
    if (!(await deleteUnclaimedUpload(deps.db.prisma, id))) continue;
    for (const file of files) await rm(file, { force: true });
    removed += 1;
  }
  return removed;
}
