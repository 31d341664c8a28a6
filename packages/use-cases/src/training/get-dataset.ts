import { findDataset } from '@slipway/db';
import { notFound } from '@slipway/domain';
import type { trainingContract } from '@slipway/domain/training';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { toDatasetView } from './dataset-view.ts';

/** getDataset reads a data set with its first lines. */
export const getDataset: Verb<typeof trainingContract.getDataset> = async (deps, _actor, input) => {
  const team = await requireTeam(deps.db.prisma, input.team);
  const dataset = await findDataset(deps.db.prisma, team.id, { id: input.datasetId });
  if (dataset === null) throw notFound('There is no such data set of this team.');
  return { ...toDatasetView(dataset, team.slug), preview: dataset.preview };
};
