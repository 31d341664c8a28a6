import type { DatasetRecord } from '@slipway/db';
import type { OutputOf } from '@slipway/domain';
import type { trainingContract } from '@slipway/domain/training';

/** DatasetView is a data set as lists show it. */
export type DatasetView = OutputOf<typeof trainingContract.createDataset>;

/** toDatasetView shows a data set. */
export function toDatasetView(dataset: DatasetRecord, teamSlug: string): DatasetView {
  const { teamId: _teamId, preview: _preview, createdAt, ...rest } = dataset;
  return { ...rest, team: teamSlug, createdAt: createdAt.toISOString() };
}
