import { randomUUID } from 'node:crypto';
import {
  claimUpload,
  enqueue,
  ensureModel,
  findUpload,
  findVersionByDigest,
  insertVersion,
  lockModel,
  type TeamRecord,
  type Tx,
  type UploadRecord,
  type VersionRecord,
  withTransaction,
} from '@slipway/db';
import { conflict, invalidInput, notFound, type OutputOf, type ParsedInputOf } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import {
  checkFileName,
  checkRepositoryFile,
  type registryContract,
  type StoredSource,
  sourceAddress,
} from '@slipway/domain/registry';
import type { Deps } from '../deps.ts';
import { recordChange } from '../shared/change.ts';
import { requireTeam } from '../shared/team.ts';
import { resolveModelPath } from './model-path.ts';
import { toVersionView } from './version-view.ts';

type Contract = typeof registryContract.registerModelVersion;
type Input = ParsedInputOf<Contract>;

/** registerModelVersion queues the import of a version; bytes that the model already has (by their expected digest) are the version it has. */
export async function registerModelVersion(deps: Deps, actor: Actor, input: Input): Promise<OutputOf<Contract>> {
  const team = await requireTeam(deps.db.prisma, input.team);
  await checkSource(deps, input);
  const now = deps.now();
  const record = await withTransaction(deps.db, async (tx) => {
    await lockModel(tx, team.id, input.model);
    const upload = await takeUpload(tx, team, { input, now });
    const { description } = input;
    const model = await ensureModel(tx, { id: randomUUID(), teamId: team.id, name: input.model, description, now });
    const known = input.expectedDigest ? await findVersionByDigest(tx, model.id, input.expectedDigest) : null;
    if (known !== null) return known;
    const stored: StoredSource = { source: input.source, hadSecret: false };
    const version = await insertVersion(tx, {
      id: randomUUID(),
      modelId: model.id,
      sourceKind: input.source.kind,
      sourceAddress: sourceAddress(input.source, upload?.fileName),
      sourceSecret: stored,
      expectedDigest: input.expectedDigest ?? null,
      licence: input.licence ?? null,
      createdBy: actor.email,
      now,
    });
    await enqueue(tx, { kind: 'model-import', id: version.id });
    await recordRegistration(tx, { actor, now, team, version });
    return version;
  });
  return toVersionView(record);
}

async function checkSource(deps: Deps, { source }: Input): Promise<void> {
  if (source.kind === 'path') await resolveModelPath(source.path, deps.allowedModelPaths);
  if (source.kind === 'huggingface') {
    checkRepositoryFile(source.file);
    checkRepositoryFile(source.revision);
  }
  if (source.kind === 's3' && (source.accessKeyId === undefined) !== (source.secretAccessKey === undefined)) {
    throw invalidInput(
      'Give both the access key id and the secret access key, or neither for a public bucket.',
      'source',
    );
  }
}

async function takeUpload(
  tx: Tx,
  team: TeamRecord,
  { input, now }: { input: Input; now: Date },
): Promise<UploadRecord | null> {
  if (input.source.kind !== 'upload') return null;
  const upload = await findUpload(tx, team.id, input.source.uploadId);
  if (upload === null) throw notFound('There is no such upload of this team: upload the file first.');
  checkFileName(upload.fileName);
  if (upload.completedAt === null) {
    throw conflict(
      `The upload has ${upload.receivedBytes} of ${upload.sizeBytes} bytes: let it finish first.`,
      'source',
    );
  }
  if (!(await claimUpload(tx, upload.id, now))) {
    throw conflict('This upload was used already: upload the file again.', 'source');
  }
  return upload;
}

async function recordRegistration(
  tx: Tx,
  { actor, now, team, version }: { actor: Actor; now: Date; team: TeamRecord; version: VersionRecord },
): Promise<void> {
  await recordChange(tx, {
    actor,
    now,
    action: 'registry.registerModelVersion',
    team,
    targetKind: 'modelVersion',
    targetId: version.id,
    targetName: version.label,
    detail: { source: version.source, expectedDigest: version.expectedDigest },
  });
}
