import { listQuotaRequestRecords } from '@slipway/db';
import { decodePosition, pageFrom } from '@slipway/domain';
import type { quotaContract } from '@slipway/domain/quota';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { toRequestView } from './views.ts';

/** listTeamQuotaRequests lists a team's requests, newest first. */
export const listTeamQuotaRequests: Verb<typeof quotaContract.listTeamQuotaRequests> = async (deps, _actor, input) => {
  const team = await requireTeam(deps.db.prisma, input.team);
  const after = decodePosition(input.cursor);
  const filter = { teamId: team.id, status: input.status, after, limit: input.limit + 1 };
  const rows = await listQuotaRequestRecords(deps.db.prisma, filter);
  const page = pageFrom(rows, input.limit, (row) => ({ at: row.createdAt, id: row.id }));
  return { items: page.items.map(toRequestView), nextCursor: page.nextCursor };
};
