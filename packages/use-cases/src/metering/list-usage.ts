import { listUsageRows } from '@slipway/db';
import { decodePosition, pageFrom } from '@slipway/domain';
import { formatPicos, type meteringContract, picosToMicros } from '@slipway/domain/metering';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';

/** listUsage reads metered requests, newest first: those of one team, or of all. */
export const listUsage: Verb<typeof meteringContract.listUsage> = async (deps, _actor, input) => {
  const { prisma } = deps.db;
  const team = input.team === undefined ? undefined : await requireTeam(prisma, input.team);
  const filter = { teamId: team?.id, endpointName: input.endpoint, after: decodePosition(input.cursor) };
  const rows = await listUsageRows(prisma, { ...filter, limit: input.limit + 1 });
  const page = pageFrom(rows, input.limit, (row) => ({ at: row.at, id: row.requestId }));
  return {
    items: page.items.map((row) => ({
      requestId: row.requestId,
      at: row.at.toISOString(),
      team: row.teamSlug,
      endpoint: `${row.endpointTeamSlug}/${row.endpointName}`,
      revision: row.revisionNumber,
      versionLabel: row.versionLabel,
      caller: row.caller,
      status: row.status,
      httpStatus: row.httpStatus,
      promptTokens: row.promptTokens,
      cachedTokens: row.cachedTokens,
      completionTokens: row.completionTokens,
      ttftMs: row.ttftMs,
      durationMs: row.durationMs,
      costMicros: picosToMicros(row.costPicos),
      cost: formatPicos(row.costPicos),
    })),
    nextCursor: page.nextCursor,
  };
};
