import { statfs } from 'node:fs/promises';
import { insertUpload } from '@slipway/db';
import { invalidInput, notAllowed } from '@slipway/domain';
import { type Actor, can, type Permission } from '@slipway/domain/access';
import { checkFileName } from '@slipway/domain/registry';
import type { Deps } from '../deps.ts';
import { requireTeam, teamNotFound } from '../shared/team.ts';

const GIB = 1024 ** 3;
/** UPLOAD_PURPOSES says what an upload may be for, who may make it and how large it may be. */
const UPLOAD_PURPOSES: Record<string, { permission: Permission; maxBytes: number; noun: string }> = {
  // The largest single GGUF files in use.
  model: { permission: 'model:write', maxBytes: 512 * GIB, noun: 'model' },
  // The text is read whole by one training process.
  dataset: { permission: 'run:launch', maxBytes: GIB, noun: 'data set' },
};
// The import copies the file once before the upload is removed.
const COPIES = 2;

/** BeginUploadInput is what a client says of an upload before its first byte. */
export interface BeginUploadInput {
  uploadId: string;
  team: string;
  purpose: string;
  fileName: string;
  sizeBytes: number;
}

/** beginUpload lets a person upload a file for a purpose into a team, if it may fit. Throws what is wrong with it. */
export async function beginUpload(deps: Deps, actor: Actor, input: BeginUploadInput): Promise<void> {
  const purpose = UPLOAD_PURPOSES[input.purpose];
  if (purpose === undefined) throw invalidInput('An upload is for a model or a dataset.', 'purpose');
  if (!can(actor, 'team:read', input.team)) throw teamNotFound(input.team);
  if (!can(actor, purpose.permission, input.team)) {
    throw notAllowed(`You may not upload a ${purpose.noun} into team ${input.team}. Ask a team admin.`);
  }
  checkFileName(input.fileName);
  if (!Number.isSafeInteger(input.sizeBytes) || input.sizeBytes < 1) {
    throw invalidInput('The file is empty or its size is not known: choose another file.', 'sizeBytes');
  }
  if (input.sizeBytes > purpose.maxBytes) {
    throw invalidInput(`A ${purpose.noun} may have at most ${purpose.maxBytes / GIB} GiB.`, 'sizeBytes');
  }
  await requireFreeSpace(deps.dataDir, input.sizeBytes);
  const team = await requireTeam(deps.db.prisma, input.team);
  const { uploadId: id, fileName, sizeBytes } = input;
  const owner = { teamId: team.id, userId: actor.userId };
  await insertUpload(deps.db.prisma, {
    id,
    ...owner,
    purpose: input.purpose,
    fileName,
    sizeBytes,
    createdAt: deps.now(),
  });
}

async function requireFreeSpace(dataDir: string, sizeBytes: number): Promise<void> {
  const disk = await statfs(dataDir);
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes >= sizeBytes * COPIES) return;
  const gib = (bytes: number) => (bytes / GIB).toFixed(1);
  throw invalidInput(
    `The server has ${gib(freeBytes)} GiB free and this file needs ${gib(sizeBytes * COPIES)} GiB while it is imported. Free space in the data directory first.`,
    'sizeBytes',
  );
}
