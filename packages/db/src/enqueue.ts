import type { Tx } from './transaction.ts';

/** JobKind is a task of the worker; its payload is the id of the thing to look at. */
export type JobKind = 'endpoint' | 'run' | 'quota-grant' | 'model-import';

/** JobInput names one job; without `runAt` it is due at once. */
export interface JobInput {
  kind: JobKind;
  id: string;
  runAt?: Date;
}

/** enqueue adds a job in the same transaction; a thing has one pending job however often it changed. */
export async function enqueue(tx: Tx, job: JobInput): Promise<void> {
  const payload = JSON.stringify({ id: job.id });
  const key = `${job.kind}:${job.id}`;
  await tx.$executeRaw`
    SELECT 1 FROM graphile_worker.add_job(
      ${job.kind}, payload => ${payload}::json, run_at => ${job.runAt ?? null}::timestamptz,
      job_key => ${key}, job_key_mode => 'replace')`;
}
