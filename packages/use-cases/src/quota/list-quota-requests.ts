import { countPendingRequests, listQuotaRequestRecords } from '@slipway/db';
import { decodePosition, pageFrom } from '@slipway/domain';
import type { quotaContract } from '@slipway/domain/quota';
import type { Verb } from '../shared/verb.ts';
import { toRequestView } from './views.ts';

/** listQuotaRequests lists the requests of all teams, newest first, and says how many wait. */
export const listQuotaRequests: Verb<typeof quotaContract.listQuotaRequests> = async (deps, _actor, input) => {
  const filter = { status: input.status, after: decodePosition(input.cursor), limit: input.limit + 1 };
  const [rows, pendingCount] = await Promise.all([
    listQuotaRequestRecords(deps.db.prisma, filter),
    countPendingRequests(deps.db.prisma),
  ]);
  const page = pageFrom(rows, input.limit, (row) => ({ at: row.createdAt, id: row.id }));
  return { items: page.items.map(toRequestView), nextCursor: page.nextCursor, pendingCount };
};
