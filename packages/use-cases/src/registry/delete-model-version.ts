import {
  deleteVersion,
  findOwnVersion,
  findVersionUse,
  isDigestUsed,
  lockArtifact,
  lockModel,
  type VersionRecord,
  type VersionUse,
  withTransaction,
} from '@slipway/db';
import { conflict, invalidInput, type OutputOf, type ParsedInputOf } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import type { registryContract } from '@slipway/domain/registry';
import type { Deps } from '../deps.ts';
import { recordChange } from '../shared/change.ts';
import { requireTeam } from '../shared/team.ts';
import { versionNotFound } from './version-view.ts';

type Contract = typeof registryContract.deleteModelVersion;

/** deleteModelVersion deletes a version that nothing uses, and its bytes when no other version has the same; `confirm` repeats `model:version`. */
export async function deleteModelVersion(
  deps: Deps,
  actor: Actor,
  input: ParsedInputOf<Contract>,
): Promise<OutputOf<Contract>> {
  const team = await requireTeam(deps.db.prisma, input.team);
  await withTransaction(deps.db, async (tx) => {
    const version = await findOwnVersion(tx, team.id, input.versionId);
    if (version === null) throw versionNotFound();
    checkConfirmation(version, input.confirm);
    await lockModel(tx, team.id, version.modelName);
    if (version.digest !== null) await lockArtifact(tx, version.digest);
    refuseUsed(version, await findVersionUse(tx, version.id));
    await deleteVersion(tx, version.id);
    const isLast = version.digest !== null && !(await isDigestUsed(tx, version.digest));
    await recordChange(tx, {
      actor,
      now: deps.now(),
      action: 'registry.deleteModelVersion',
      team,
      targetKind: 'modelVersion',
      targetId: version.id,
      targetName: version.label,
      detail: { digest: version.digest, isFileRemoved: isLast },
    });
    // Under the artifact's lock: nobody can register these bytes anew between the count and the removal.
    if (isLast && version.digest !== null) await deps.artifacts.remove(version.digest);
  });
  return {};
}

function checkConfirmation(version: VersionRecord, confirm: string): void {
  const short = `${version.modelName}:${version.version}`;
  if (confirm !== short && confirm !== version.label) {
    throw invalidInput(`Type ${short} to confirm that it is to be deleted.`, 'confirm');
  }
}

function refuseUsed(version: VersionRecord, use: VersionUse): void {
  const [endpoint] = use.endpoints;
  if (endpoint?.isEnding) {
    throw conflict(`Endpoint ${endpoint.name} used ${version.label} and is still ending: try again in a moment.`);
  }
  if (endpoint) throw conflict(`${version.label} is used by endpoint ${endpoint.name}: delete that endpoint first.`);
  const [run] = use.runs;
  if (run) throw conflict(`${version.label} is what run ${run.name} was trained from: its lineage must stay.`);
}
