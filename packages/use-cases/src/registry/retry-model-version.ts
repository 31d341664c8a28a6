import { enqueue, findOwnVersion, readSourceSecret, requeueImport, withTransaction } from '@slipway/db';
import { conflict, type OutputOf, type ParsedInputOf } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import { type registryContract, storedSourceSchema } from '@slipway/domain/registry';
import type { Deps } from '../deps.ts';
import { recordChange } from '../shared/change.ts';
import { requireTeam } from '../shared/team.ts';
import { toVersionView, versionNotFound } from './version-view.ts';

type Contract = typeof registryContract.retryModelVersion;

/** retryModelVersion queues a failed import again. */
export async function retryModelVersion(
  deps: Deps,
  actor: Actor,
  input: ParsedInputOf<Contract>,
): Promise<OutputOf<Contract>> {
  const team = await requireTeam(deps.db.prisma, input.team);
  const now = deps.now();
  return withTransaction(deps.db, async (tx) => {
    const version = await findOwnVersion(tx, team.id, input.versionId);
    if (version === null) throw versionNotFound();
    if (version.status !== 'failed')
      throw conflict(`${version.label} is ${version.status}: only a failed import can be retried.`);
    const stored = storedSourceSchema.safeParse(await readSourceSecret(tx, version.id));
    if (!stored.success) {
      throw conflict(`Nothing is left to import ${version.label} from: delete it and register the file again.`);
    }
    if (stored.data.hadSecret) {
      throw conflict(
        `The key for ${version.source.address} was not kept: delete this version and register it again with the key.`,
      );
    }
    const condition = {
      type: 'Imported',
      reason: 'Queued',
      message: 'Waiting for the import to begin.',
      since: now.toISOString(),
    };
    if (!(await requeueImport(tx, version.id, condition)))
      throw conflict(`${version.label} is being imported already.`);
    await enqueue(tx, { kind: 'model-import', id: version.id });
    await recordChange(tx, {
      actor,
      now,
      action: 'registry.retryModelVersion',
      team,
      targetKind: 'modelVersion',
      targetId: version.id,
      targetName: version.label,
    });
    return toVersionView({ ...version, status: 'pending', condition, transferredBytes: 0, totalBytes: null });
  });
}
