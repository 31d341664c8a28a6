import { Prisma } from '../generated/client.ts';
import type { Tx } from '../transaction.ts';

/** NewLogLine is one line of a workload's output, or of the platform about it (`system`). */
export interface NewLogLine {
  ownerKind: 'run' | 'endpoint';
  ownerId: string;
  at: Date;
  stream: 'stdout' | 'stderr' | 'system';
  source: string;
  text: string;
}

/** appendLogLines writes lines in their order. */
export async function appendLogLines(client: Tx, lines: readonly NewLogLine[]): Promise<void> {
  // NUL is the one character that Postgres text cannot hold, and programs do print it.
  await client.logLine.createMany({ data: lines.map((line) => ({ ...line, text: line.text.replaceAll('\0', '') })) });
}

/** trimLogLines keeps an owner's newest lines and deletes the rest. */
export async function trimLogLines(
  client: Tx,
  owner: Pick<NewLogLine, 'ownerKind' | 'ownerId'>,
  keep: number,
): Promise<number> {
  return client.$executeRaw(Prisma.sql`
    DELETE FROM log_line WHERE "ownerKind" = ${owner.ownerKind} AND "ownerId" = ${owner.ownerId} AND sequence <= (
      SELECT sequence FROM log_line WHERE "ownerKind" = ${owner.ownerKind} AND "ownerId" = ${owner.ownerId}
      ORDER BY sequence DESC OFFSET ${keep} LIMIT 1)`);
}
