import { listRunRecords } from '@slipway/db';
import { decodePosition, pageFrom } from '@slipway/domain';
import type { trainingContract } from '@slipway/domain/training';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { toRunView } from './run-view.ts';

/** listRuns reads a team's runs, newest first. */
export const listRuns: Verb<typeof trainingContract.listRuns> = async (deps, _actor, input) => {
  const team = await requireTeam(deps.db.prisma, input.team);
  const { status, search, limit } = input;
  const filter = { teamId: team.id, status, search, after: decodePosition(input.cursor), limit: limit + 1 };
  const page = pageFrom(await listRunRecords(deps.db.prisma, filter), limit, (run) => ({
    at: run.createdAt,
    id: run.id,
  }));
  return { items: page.items.map(toRunView), nextCursor: page.nextCursor };
};
