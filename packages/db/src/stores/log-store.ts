import type { Tx } from '../transaction.ts';

/** LogLineRecord is one line of a run's or an endpoint's processes. */
export interface LogLineRecord {
  sequence: number;
  at: Date;
  stream: 'stdout' | 'stderr' | 'system';
  source: string;
  text: string;
}

/** readLogLines reads an owner's lines after a sequence number, in order. */
export async function readLogLines(
  tx: Tx,
  owner: { kind: 'run' | 'endpoint'; id: string },
  page: { after: number; limit: number },
): Promise<LogLineRecord[]> {
  const rows = await tx.logLine.findMany({
    where: { ownerKind: owner.kind, ownerId: owner.id, sequence: { gt: BigInt(page.after) } },
    orderBy: { sequence: 'asc' },
    take: page.limit,
  });
  return rows.map(({ ownerKind: _kind, ownerId: _id, ...row }) => ({
    ...row,
    sequence: Number(row.sequence),
    stream: row.stream as LogLineRecord['stream'],
  }));
}
