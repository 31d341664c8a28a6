import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findUpload, type TeamRecord, type Tx } from '@slipway/db';
import { conflict, invalidInput, notFound, type ParsedInputOf } from '@slipway/domain';
import { checkFileName } from '@slipway/domain/registry';
import type { trainingContract } from '@slipway/domain/training';
import type { Deps } from '../deps.ts';

// It is read whole to check every line; a training process reads it whole, too.
const MAX_DATASET_BYTES = 256 * 1024 * 1024;

/** DatasetSource is the bytes of a data set to be. */
export interface DatasetSource {
  fileName: string;
  bytes: Uint8Array;
  uploadId: string | null;
}

/** readDatasetSource reads pasted text or a finished upload of the team. */
export async function readDatasetSource(
  deps: Deps,
  team: TeamRecord,
  source: ParsedInputOf<typeof trainingContract.createDataset>['source'],
): Promise<DatasetSource> {
  if (source.kind === 'text') {
    return { fileName: 'pasted text', bytes: new TextEncoder().encode(source.text), uploadId: null };
  }
  const upload = await requireUpload(deps.db.prisma, team, source.uploadId);
  const path = join(deps.dataDir, 'uploads', upload.id);
  const found = await stat(path).catch(() => null);
  if (found === null) throw notFound('The uploaded file is gone: upload it again.');
  if (found.size > MAX_DATASET_BYTES) {
    throw invalidInput(`A data set may have at most ${MAX_DATASET_BYTES / 1024 / 1024} MiB: split it.`, 'source');
  }
  return { fileName: upload.fileName, bytes: await readFile(path), uploadId: upload.id };
}

async function requireUpload(tx: Tx, team: TeamRecord, uploadId: string) {
  const upload = await findUpload(tx, team.id, uploadId);
  if (upload === null) throw notFound('There is no such upload of this team: upload the file first.');
  checkFileName(upload.fileName);
  if (upload.completedAt === null) {
    throw conflict(
      `The upload has ${upload.receivedBytes} of ${upload.sizeBytes} bytes: let it finish first.`,
      'source',
    );
  }
  return upload;
}
