import {
  appendAudit,
  cancelImport,
  deleteUpload,
  failImport,
  findVersionByDigest,
  finishImport,
  isDigestUsed,
  lockArtifact,
  lockModel,
  publish,
  type StoredArtifact,
  type Tx,
  type VersionRecord,
  withTransaction,
} from '@slipway/db';
import type { Condition } from '@slipway/domain';
import { type GgufMetadata, type StoredSource, withoutSecret } from '@slipway/domain/registry';
import type { ImportDeps } from './import-model-version.ts';
import type { ImportRefusal } from './import-refusal.ts';
import { removeUpload } from './open-source.ts';

/** recordImported makes the version ready; if its model already has these bytes it is cancelled and says which version they are. */
export async function recordImported(
  deps: ImportDeps,
  done: { version: VersionRecord; artifact: StoredArtifact; metadata: GgufMetadata },
): Promise<void> {
  const { version, artifact, metadata } = done;
  await withTransaction(deps.db, async (tx) => {
    await lockModel(tx, version.teamId, version.modelName);
    await lockArtifact(tx, artifact.digest);
    if (!(await deps.artifacts.has(artifact.digest))) {
      // Deleted as the last version with these bytes between the copy and this lock.
      throw new Error(`The file of ${version.label} was removed meanwhile.`);
    }
    const same = await findVersionByDigest(tx, version.modelId, artifact.digest);
    if (same !== null && same.id !== version.id) {
      const message = `These bytes are ${same.label} already; use that version.`;
      const isNew = await cancelImport(tx, version.id, outcome(deps, 'SameBytes', message));
      if (isNew) await tell(tx, deps, { version, action: 'registry.importSameBytes', detail: { same: same.label } });
      return;
    }
    const condition = outcome(deps, 'Imported', 'Copied, checked and digested.');
    const isFinished = await finishImport(tx, version.id, { ...artifact, metadata, condition });
    if (isFinished) {
      await tell(tx, deps, { version, action: 'registry.importModelVersion', detail: { ...artifact } });
    } else if (!(await isDigestUsed(tx, artifact.digest))) {
      // Deleted while it was being copied: nobody else will remove its bytes.
      await deps.artifacts.remove(artifact.digest);
    }
  });
}

/** recordFailure writes why an import failed, forgets its secrets and removes an upload that can never be a model. */
export async function recordFailure(
  deps: ImportDeps,
  failed: { version: VersionRecord; stored: StoredSource | null; refusal: ImportRefusal },
): Promise<void> {
  const { version, stored, refusal } = failed;
  const source = stored?.source;
  const uselessUpload = source?.kind === 'upload' && refusal.reason === 'NotAModel' ? source.uploadId : null;
  const kept = stored === null || uselessUpload !== null ? null : withoutSecret(stored);
  await withTransaction(deps.db, async (tx) => {
    const condition = outcome(deps, refusal.reason, refusal.message);
    const isFailed = await failImport(tx, version.id, { condition, sourceSecret: kept });
    if (!isFailed) return;
    if (uselessUpload !== null) await deleteUpload(tx, uselessUpload);
    await tell(tx, deps, {
      version,
      action: 'registry.importFailed',
      detail: { reason: refusal.reason, message: refusal.message },
    });
  });
  if (uselessUpload !== null) await removeUpload(deps.dataDir, uselessUpload);
}

function outcome(deps: ImportDeps, reason: string, message: string): Condition {
  return { type: 'Imported', reason, message, since: deps.now().toISOString() };
}

async function tell(
  tx: Tx,
  deps: ImportDeps,
  change: { version: VersionRecord; action: string; detail: Record<string, unknown> },
): Promise<void> {
  const { version, action, detail } = change;
  await publish(tx, { noun: 'registry', id: version.id, teamId: version.teamId });
  await appendAudit(tx, {
    actor: 'system',
    teamSlug: version.teamSlug,
    action,
    targetKind: 'modelVersion',
    targetId: version.id,
    targetName: version.label,
    detail,
    now: deps.now(),
  });
}
