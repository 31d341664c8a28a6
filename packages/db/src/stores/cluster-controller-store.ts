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

/** countWaitingJobs is how many jobs are due and not being worked on, by task. */
export async function countWaitingJobs(client: Tx): Promise<Map<string, number>> {
  const rows = await client.$queryRaw<{ task: string; jobs: number }[]>(Prisma.sql`
    SELECT task_identifier AS task, count(*)::int AS jobs FROM graphile_worker.jobs
    WHERE locked_at IS NULL AND run_at <= now() AND attempts < max_attempts GROUP BY task_identifier`);
  return new Map(rows.map((row) => [row.task, row.jobs]));
}

/** UnfinishedWork is what a killed worker may have left locked in the queue. */
export interface UnfinishedWork {
  versionIds: string[];
  grantIds: string[];
}

/** listUnfinishedWork reads imports that have not ended and grants that will. */
export async function listUnfinishedWork(client: Tx): Promise<UnfinishedWork> {
  const [versions, grants] = await Promise.all([
    client.modelVersion.findMany({ where: { status: { in: ['pending', 'starting'] } }, select: { id: true } }),
    client.quotaGrant.findMany({ where: { status: 'ready', endsAt: { not: null } }, select: { id: true } }),
  ]);
  return { versionIds: versions.map((row) => row.id), grantIds: grants.map((row) => row.id) };
}
