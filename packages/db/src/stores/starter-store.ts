import type { Status } from '@slipway/domain';
import { publish } from '../events.ts';
import type { Tx } from '../transaction.ts';

/** StarterChange is what a starter model's row says from now on; absent fields stay. */
export interface StarterChange {
  name: string;
  status: Status;
  message: string;
  transferredBytes?: number;
  totalBytes?: number;
  versionId?: string;
  endpointName?: string;
}

/** saveStarterModel writes how far a starter model is and tells everybody. */
export async function saveStarterModel(tx: Tx, { name, ...change }: StarterChange): Promise<void> {
  const { transferredBytes, totalBytes, ...rest } = change;
  const data = {
    ...rest,
    ...(transferredBytes === undefined ? {} : { transferredBytes: BigInt(transferredBytes) }),
    ...(totalBytes === undefined ? {} : { totalBytes: BigInt(totalBytes) }),
  };
  await tx.starterModel.upsert({ where: { name }, create: { name, ...data }, update: data });
  await publish(tx, { noun: 'registry', id: `starter:${name}`, teamId: null });
}

/** shareModel lets every team use a model. */
export async function shareModel(tx: Tx, modelId: string): Promise<void> {
  await tx.model.update({ where: { id: modelId }, data: { visibility: 'organisation' } });
}

/** findStarterVersionId finds the version that has, or is to get, these bytes. */
export async function findStarterVersionId(tx: Tx, modelId: string, digest: string): Promise<string | null> {
  const row = await tx.modelVersion.findFirst({
    where: { modelId, sourceKind: 'starter', OR: [{ digest }, { expectedDigest: digest }] },
    select: { id: true },
    orderBy: { version: 'desc' },
  });
  return row?.id ?? null;
}

/** renewStarterVersion lets an import that failed or was cut off begin again from a path; a ready version stays as it is. */
export async function renewStarterVersion(tx: Tx, versionId: string, source: { [key: string]: string }): Promise<void> {
  await tx.modelVersion.updateMany({
    where: { id: versionId, status: { in: ['pending', 'starting', 'failed'] } },
    data: { status: 'pending', sourceSecret: { source, hadSecret: false } },
  });
}
