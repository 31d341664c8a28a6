import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '@slipway/domain';
import type { ModelSource } from '@slipway/domain/registry';
import { resolveModelPath } from '@slipway/use-cases/registry';
import type { ByteSource } from './byte-source.ts';
import { createHubSource } from './hub-source.ts';
import { ImportRefusal } from './import-refusal.ts';
import { createLocalFileSource } from './local-file-source.ts';
import { createS3Source } from './s3-source.ts';

/** SourceSettings are what of this installation decides how a source is read. */
export interface SourceSettings {
  dataDir: string;
  allowedModelPaths: string[];
  hubUrl: string;
}

/** openSource gives the bytes behind a version's source. */
export async function openSource(source: ModelSource, settings: SourceSettings): Promise<ByteSource> {
  switch (source.kind) {
    case 'upload':
      return createLocalFileSource(
        uploadPath(settings.dataDir, source.uploadId),
        'The uploaded file is gone. Upload it again.',
      );
    case 'path':
      return createLocalFileSource(
        await realModelPath(source.path, settings.allowedModelPaths),
        'The file is gone. Register it again from where it is now.',
      );
    case 's3':
      return createS3Source(source);
    case 'huggingface':
      return createHubSource({ ...source, hubUrl: settings.hubUrl });
  }
}

/** Where the bytes of an upload lie. */
function uploadPath(dataDir: string, uploadId: string): string {
  if (!/^[\w-]+$/.test(uploadId))
    throw new ImportRefusal('SourceMissing', 'There is no such upload. Upload the file again.');
  return join(dataDir, 'uploads', uploadId);
}

/** removeUpload deletes the bytes of an upload, and what the upload protocol keeps beside them. */
export async function removeUpload(dataDir: string, uploadId: string): Promise<void> {
  const path = uploadPath(dataDir, uploadId);
  await rm(path, { force: true });
  await rm(`${path}.json`, { force: true });
}

/** A link may have been put in place since the registration, so the path is resolved again now. */
async function realModelPath(path: string, allowed: string[]): Promise<string> {
  try {
    return await resolveModelPath(path, allowed);
  } catch (err) {
    if (err instanceof DomainError) throw new ImportRefusal('SourceMissing', err.message);
    throw err;
  }
}
