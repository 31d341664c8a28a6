import { listPriceEntries, listReadableEndpoints } from '@slipway/db';
import type { servingContract } from '@slipway/domain/serving';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { toEndpointView } from './endpoint-view.ts';

/** listEndpoints reads a team's endpoints and those shared with everybody. */
export const listEndpoints: Verb<typeof servingContract.listEndpoints> = async (deps, _actor, input) => {
  const { prisma } = deps.db;
  const team = await requireTeam(prisma, input.team);
  const { search, status } = input;
  const endpoints = await listReadableEndpoints(prisma, { teamId: team.id, search, status });
  const prices = await listPriceEntries(prisma);
  return { items: endpoints.map((endpoint) => toEndpointView(endpoint, prices, deps.now())) };
};
