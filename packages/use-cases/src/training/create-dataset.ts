import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DatasetRecord,
  deleteUpload,
  findDataset,
  insertDataset,
  lockArtifact,
  lockTraining,
  withTransaction,
} from '@slipway/db';
import { conflict, invalidInput } from '@slipway/domain';
import { readDatasetFile, type trainingContract } from '@slipway/domain/training';
import { recordChange } from '../shared/change.ts';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { toDatasetView } from './dataset-view.ts';
import { readDatasetSource } from './read-dataset-source.ts';

/** createDataset checks every line and keeps the bytes by digest; a name with the same bytes again is the data set that is there. */
export const createDataset: Verb<typeof trainingContract.createDataset> = async (deps, actor, input) => {
  const team = await requireTeam(deps.db.prisma, input.team);
  const now = deps.now();
  const { fileName, bytes, uploadId } = await readDatasetSource(deps, team, input.source);
  const file = readDatasetFile(fileName, bytes);
  if (!file.isValid) throw invalidInput(`This is no data set. ${file.problems.join(' ')}`, 'source');
  const artifact = await deps.artifacts.put(once(bytes));
  const { format, lineCount, preview } = file;
  const fresh = { id: randomUUID(), teamId: team.id, name: input.name, format, lineCount, preview };
  const dataset: DatasetRecord = { ...fresh, ...artifact, createdBy: actor.email, createdAt: now };
  const kept = await withTransaction(deps.db, async (tx) => {
    await lockTraining(tx, team.id);
    await lockArtifact(tx, dataset.digest);
    // Removed as somebody's last use of these bytes since they were put.
    if (!(await deps.artifacts.has(dataset.digest))) await deps.artifacts.put(once(bytes));
    const same = await findDataset(tx, team.id, { name: input.name });
    if (same !== null && same.digest !== dataset.digest) {
      throw conflict(`A data set named ${input.name} exists with other content: choose another name.`, 'name');
    }
    if (uploadId !== null) await deleteUpload(tx, uploadId);
    if (same !== null) return same;
    await insertDataset(tx, dataset);
    await recordChange(tx, {
      actor,
      now,
      action: 'training.createDataset',
      team,
      targetKind: 'dataset',
      targetId: dataset.id,
      targetName: dataset.name,
      detail: { ...artifact, format, lineCount },
    });
    return dataset;
  });
  if (uploadId !== null) await removeUpload(join(deps.dataDir, 'uploads', uploadId));
  return toDatasetView(kept, team.slug);
};

async function* once(bytes: Uint8Array) {
  yield bytes;
}

/** The upload protocol keeps what it knows of a file beside it. */
async function removeUpload(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.json`, { force: true });
}
