import type { Condition } from '@slipway/domain';
import { type GgufMetadata, ggufMetadataSchema } from '@slipway/domain/registry';
import { Prisma } from '../generated/client.ts';
import type { Tx } from '../transaction.ts';

/** UploadRecord is one resumable upload of a team. */
export interface UploadRecord {
  id: string;
  teamId: string;
  purpose: string;
  fileName: string;
  sizeBytes: number;
  receivedBytes: number;
  completedAt: Date | null;
  claimedAt: Date | null;
}

/** findUpload reads an upload of a team. */
export async function findUpload(tx: Tx, teamId: string, id: string): Promise<UploadRecord | null> {
  const row = await tx.upload.findFirst({ where: { id, teamId } });
  if (row === null) return null;
  const { userId: _, createdAt: __, ...upload } = row;
  return { ...upload, sizeBytes: Number(row.sizeBytes), receivedBytes: Number(row.receivedBytes) };
}

/** claimUpload takes a finished upload for one use; false when somebody else took it first. */
export async function claimUpload(tx: Tx, id: string, now: Date): Promise<boolean> {
  const { count } = await tx.upload.updateMany({
    where: { id, claimedAt: null, completedAt: { not: null } },
    data: { claimedAt: now },
  });
  return count === 1;
}

/** deleteUpload forgets an upload; an absent one is fine. */
export async function deleteUpload(tx: Tx, id: string): Promise<void> {
  await tx.upload.deleteMany({ where: { id } });
}

/** readSourceSecret reads what an import needs besides the address; null once the import has ended well. */
export async function readSourceSecret(tx: Tx, versionId: string): Promise<unknown> {
  const row = await tx.modelVersion.findUnique({ where: { id: versionId }, select: { sourceSecret: true } });
  return row?.sourceSecret ?? null;
}

/** startImport marks a queued version as being imported; false when it is not to be imported (any more). */
export async function startImport(tx: Tx, versionId: string, condition: Condition): Promise<boolean> {
  const { count } = await tx.modelVersion.updateMany({
    where: { id: versionId, status: { in: ['pending', 'starting'] } },
    data: { status: 'starting', condition, transferredBytes: 0n },
  });
  return count === 1;
}

/** saveImportProgress writes how far an import is; false when the version was deleted or has ended meanwhile. */
export async function saveImportProgress(
  tx: Tx,
  versionId: string,
  progress: { transferredBytes: number; totalBytes: number | null },
): Promise<boolean> {
  const { count } = await tx.modelVersion.updateMany({
    where: { id: versionId, status: 'starting' },
    data: {
      transferredBytes: BigInt(progress.transferredBytes),
      totalBytes: progress.totalBytes === null ? null : BigInt(progress.totalBytes),
    },
  });
  return count === 1;
}

/** finishImport makes a version ready, for good; false when it was deleted or has ended meanwhile. */
export async function finishImport(
  tx: Tx,
  versionId: string,
  imported: { digest: string; sizeBytes: number; metadata: GgufMetadata; condition: Condition },
): Promise<boolean> {
  const { digest, metadata, condition } = imported;
  const size = BigInt(imported.sizeBytes);
  const row = await tx.modelVersion.findUnique({ where: { id: versionId }, select: { status: true, licence: true } });
  if (row?.status !== 'starting') return false;
  await tx.modelVersion.update({
    where: { id: versionId },
    data: {
      status: 'ready',
      condition,
      digest,
      sizeBytes: size,
      transferredBytes: size,
      totalBytes: size,
      metadata: ggufMetadataSchema.parse(metadata),
      licence: row.licence ?? metadata.licence,
      sourceSecret: Prisma.DbNull,
    },
  });
  return true;
}

/** cancelImport ends an import whose bytes the model already has. */
export async function cancelImport(tx: Tx, versionId: string, condition: Condition): Promise<boolean> {
  const { count } = await tx.modelVersion.updateMany({
    where: { id: versionId, status: 'starting' },
    data: { status: 'cancelled', condition, sourceSecret: Prisma.DbNull },
  });
  return count === 1;
}

/** failImport says why an import failed and keeps of its source only what is no secret. */
export async function failImport(
  tx: Tx,
  versionId: string,
  failure: { condition: Condition; sourceSecret: Record<string, unknown> | null },
): Promise<boolean> {
  const { count } = await tx.modelVersion.updateMany({
    where: { id: versionId, status: { in: ['pending', 'starting'] } },
    data: {
      status: 'failed',
      condition: failure.condition,
      sourceSecret: (failure.sourceSecret as Prisma.InputJsonObject | null) ?? Prisma.DbNull,
    },
  });
  return count === 1;
}

/** requeueImport puts a failed version back into the queue; false when it is not failed. */
export async function requeueImport(tx: Tx, versionId: string, condition: Condition): Promise<boolean> {
  const { count } = await tx.modelVersion.updateMany({
    where: { id: versionId, status: 'failed' },
    data: { status: 'pending', condition, transferredBytes: 0n, totalBytes: null },
  });
  return count === 1;
}
