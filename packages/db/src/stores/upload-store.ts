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

/** listUnclaimedUploadIds reads the uploads begun before an instant that nobody used. */
export async function listUnclaimedUploadIds(tx: Tx, before: Date): Promise<string[]> {
  const rows = await tx.upload.findMany({
    where: { claimedAt: null, createdAt: { lt: before } },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** deleteUnclaimedUpload forgets an upload unless somebody uses it; false when somebody does. */
export async function deleteUnclaimedUpload(tx: Tx, id: string): Promise<boolean> {
  await tx.upload.deleteMany({ where: { id, claimedAt: null } });
  return (await tx.upload.count({ where: { id } })) === 0;
}

/** markUploadReceived notes how many bytes are there, and when it is complete; once it is, later news of its progress changes nothing. */
export async function markUploadReceived(
  tx: Tx,
  id: string,
  { receivedBytes, completedAt }: { receivedBytes: number; completedAt: Date | null },
): Promise<void> {
  const where = completedAt === null ? { id, completedAt: null } : { id };
  await tx.upload.updateMany({ where, data: { receivedBytes: BigInt(receivedBytes), completedAt } });
}
