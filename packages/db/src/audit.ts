import { createHash } from 'node:crypto';
import type { Database } from './database.ts';
import type { Prisma } from './generated/client.ts';
import { lockKey } from './locks.ts';
import type { Tx } from './transaction.ts';

/** AuditInput is who did what to which thing; `detail` holds what changed and never a secret. */
export interface AuditInput {
  /** actor is an e-mail address, or `system`. */
  actor: string;
  teamSlug: string | null;
  /** action is `<noun>.<procedure>`, for example `serving.deployEndpoint`. */
  action: string;
  targetKind: string;
  targetId: string;
  targetName: string;
  detail?: Record<string, unknown>;
  now: Date;
}

const GENESIS = '0'.repeat(64);

/**
 * appendAudit writes one entry whose hash covers the entry and the hash before it.
 * It holds a lock that all writers share until the transaction ends, so call it after every other lock was taken.
 */
export async function appendAudit(tx: Tx, input: AuditInput): Promise<void> {
  await lockKey(tx, 'audit');
  const last = await tx.auditEntry.findFirst({ orderBy: { sequence: 'desc' }, select: { hash: true } });
  const prevHash = last?.hash ?? GENESIS;
  const entry = {
    at: input.now,
    actor: input.actor,
    teamSlug: input.teamSlug,
    action: input.action,
    targetKind: input.targetKind,
    targetId: input.targetId,
    targetName: input.targetName,
    // Through JSON, so that what is hashed is what the database gives back.
    detail: JSON.parse(JSON.stringify(input.detail ?? {})) as Prisma.InputJsonObject,
  };
  await tx.auditEntry.create({ data: { ...entry, prevHash, hash: hashEntry(entry, prevHash) } });
}

/** AuditVerdict says whether the chain holds, and else at which entry it breaks. */
export type AuditVerdict = { isIntact: true; entries: number } | { isIntact: false; brokenAt: bigint };

/** verifyAuditChain recomputes every hash from the first entry on. */
export async function verifyAuditChain(db: Database): Promise<AuditVerdict> {
  let prevHash = GENESIS;
  let after = 0n;
  let entries = 0;
  for (;;) {
    const page = await db.prisma.auditEntry.findMany({
      where: { sequence: { gt: after } },
      orderBy: { sequence: 'asc' },
      take: 1_000,
    });
    for (const row of page) {
      if (row.prevHash !== prevHash || row.hash !== hashEntry(row, prevHash)) {
        return { isIntact: false, brokenAt: row.sequence };
      }
      prevHash = row.hash;
      after = row.sequence;
      entries += 1;
    }
    if (page.length === 0) return { isIntact: true, entries };
  }
}

interface HashedEntry extends Omit<AuditInput, 'detail' | 'now'> {
  at: Date;
  detail: Prisma.InputJsonValue | Prisma.JsonValue;
}

function hashEntry(entry: HashedEntry, prevHash: string): string {
  const fields = [
    prevHash,
    entry.at.toISOString(),
    entry.actor,
    entry.teamSlug,
    entry.action,
    entry.targetKind,
    entry.targetId,
    entry.targetName,
    sortKeys(entry.detail),
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

/** sortKeys gives objects one order of keys, because jsonb keeps none. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
