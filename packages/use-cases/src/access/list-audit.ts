import { listAuditRecords } from '@slipway/db';
import { invalidInput } from '@slipway/domain';
import type { accessContract } from '@slipway/domain/access';
import type { Verb } from '../shared/verb.ts';

/** listAudit reads the audit trail, newest first. */
export const listAudit: Verb<typeof accessContract.listAudit> = async (deps, _actor, input) => {
  const { search, action, limit, cursor } = input;
  const before = parseSequence(cursor);
  const rows = await listAuditRecords(deps.db.prisma, { search, action, before, limit: limit + 1 });
  const page = rows.slice(0, limit);
  return {
    items: page.map(({ sequence, at, teamSlug, ...entry }) => ({
      ...entry,
      sequence: Number(sequence),
      at: at.toISOString(),
      team: teamSlug,
    })),
    nextCursor: rows.length > limit ? String(page.at(-1)?.sequence ?? '') : null,
  };
};

function parseSequence(cursor: string | undefined): bigint | null {
  if (cursor === undefined || cursor === '') return null;
  if (!/^\d{1,18}$/.test(cursor)) {
    throw invalidInput('This page cursor is not one of ours: start again from the first page.', 'cursor');
  }
  return BigInt(cursor);
}
