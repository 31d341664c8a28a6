import type { Tx } from '../transaction.ts';

/** AuditRecord is one entry of the audit trail. */
export interface AuditRecord {
  sequence: bigint;
  at: Date;
  actor: string;
  teamSlug: string | null;
  action: string;
  targetKind: string;
  targetId: string;
  targetName: string;
  detail: Record<string, unknown>;
  hash: string;
}

/** AuditFilter picks entries; `before` is the sequence that the page ends above. */
export interface AuditFilter {
  search?: string | undefined;
  action?: string | undefined;
  before: bigint | null;
  limit: number;
}

/** listAuditRecords reads entries, newest first. `search` looks at who, where and what; `action` is a prefix. */
export async function listAuditRecords(tx: Tx, filter: AuditFilter): Promise<AuditRecord[]> {
  const contains = { contains: filter.search ?? '', mode: 'insensitive' } as const;
  const rows = await tx.auditEntry.findMany({
    where: {
      ...(filter.before === null ? {} : { sequence: { lt: filter.before } }),
      ...(filter.action ? { action: { startsWith: filter.action } } : {}),
      ...(filter.search
        ? {
            OR: [
              { actor: contains },
              { teamSlug: contains },
              { action: contains },
              { targetName: contains },
              { targetId: contains },
            ],
          }
        : {}),
    },
    orderBy: { sequence: 'desc' },
    take: filter.limit,
  });
  return rows.map(({ prevHash: _, ...row }) => ({ ...row, detail: row.detail as Record<string, unknown> }));
}

/** listAuditOf reads what happened to one thing, newest first. */
export async function listAuditOf(tx: Tx, target: { kind: string; id: string }, limit: number): Promise<AuditRecord[]> {
  const rows = await tx.auditEntry.findMany({
    where: { targetKind: target.kind, targetId: target.id },
    orderBy: { sequence: 'desc' },
    take: limit,
  });
  return rows.map(({ prevHash: _, ...row }) => ({ ...row, detail: row.detail as Record<string, unknown> }));
}
