import type { Tx } from '../transaction.ts';

/** NewUpload is a resumable upload that begins. */
export interface NewUpload {
  id: string;
  teamId: string;
  userId: string;
  purpose: string;
  fileName: string;
  sizeBytes: number;
  createdAt: Date;
}

/** insertUpload notes an upload that begins. */
export async function insertUpload(tx: Tx, { sizeBytes, ...upload }: NewUpload): Promise<void> {
  await tx.upload.create({ data: { ...upload, sizeBytes: BigInt(sizeBytes) } });
}

/** findUploadOwner reads whose upload this is; null when there is none. */
export async function findUploadOwner(tx: Tx, id: string): Promise<string | null> {
  const row = await tx.upload.findUnique({ where: { id }, select: { userId: true } });
  return row?.userId ?? null;
}

/** markUploadReceived notes how many bytes are there, and when it is complete. */
export async function markUploadReceived(
  tx: Tx,
  id: string,
  { receivedBytes, completedAt }: { receivedBytes: number; completedAt: Date | null },
): Promise<void> {
  await tx.upload.updateMany({ where: { id }, data: { receivedBytes: BigInt(receivedBytes), completedAt } });
}
