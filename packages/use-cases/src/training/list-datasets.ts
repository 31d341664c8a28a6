import { listDatasetRecords } from '@slipway/db';
import type { trainingContract } from '@slipway/domain/training';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { toDatasetView } from './dataset-view.ts';

/** listDatasets reads a team's data sets, newest first. */
export const listDatasets: Verb<typeof trainingContract.listDatasets> = async (deps, _actor, input) => {
  const team = await requireTeam(deps.db.prisma, input.team);
  const datasets = await listDatasetRecords(deps.db.prisma, { teamId: team.id, search: input.search });
  return { items: datasets.map((dataset) => toDatasetView(dataset, team.slug)) };
};
