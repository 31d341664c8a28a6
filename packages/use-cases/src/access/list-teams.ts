import { listTeamRecords } from '@slipway/db';
import type { accessContract } from '@slipway/domain/access';
import type { Verb } from '../shared/verb.ts';
import { toTeamView } from './views.ts';
import { visibleTeams } from './visible-teams.ts';

/** listTeams lists the teams that the actor can see. */
export const listTeams: Verb<typeof accessContract.listTeams> = async (deps, actor, { search }) => {
  const teams = await listTeamRecords(deps.db.prisma, { ...visibleTeams(actor), search });
  return { items: teams.map((team) => toTeamView(team, actor)) };
};
