import { deleteUpload, findUploadOwner, markUploadReceived } from '@slipway/db';
import { notFound } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import type { Deps } from '../deps.ts';

/** requireOwnUpload refuses an upload that somebody else began. */
export async function requireOwnUpload(deps: Deps, actor: Actor, uploadId: string): Promise<void> {
  const owner = await findUploadOwner(deps.db.prisma, uploadId);
  if (owner !== actor.userId) throw notFound('There is no such upload of yours: begin it again.');
}

/** receiveUpload notes how much of an upload is there. */
export async function receiveUpload(
  deps: Deps,
  { uploadId, receivedBytes, isComplete }: { uploadId: string; receivedBytes: number; isComplete: boolean },
): Promise<void> {
  const completedAt = isComplete ? deps.now() : null;
  await markUploadReceived(deps.db.prisma, uploadId, { receivedBytes, completedAt });
}

/** abandonUpload forgets an upload that its owner gave up. */
export function abandonUpload(deps: Deps, uploadId: string): Promise<void> {
  return deleteUpload(deps.db.prisma, uploadId);
}
