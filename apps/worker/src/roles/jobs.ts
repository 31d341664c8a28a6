import { enqueue, listUnfinishedWork } from '@slipway/db';
import type { Deps } from '@slipway/use-cases/deps';
import { expireGrant } from '@slipway/use-cases/quota';
import { Logger, run, type Task, type TaskList } from 'graphile-worker';
import { z } from 'zod';
import { startHousekeeping } from '../jobs/housekeeping.ts';
import { importModelVersion } from '../jobs/import-model/index.ts';
import type { Log } from '../telemetry/log.ts';
import type { Controllers } from './controllers.ts';

/** CONCURRENCY: an import may take minutes, and reconciles must not wait behind it. */
const CONCURRENCY = 4;
/** ABORT_AFTER_MS is how long a job may finish once the worker stops; imports go on in the next life. */
const ABORT_AFTER_MS = 1_000;

const payloadSchema = z.object({ id: z.string().min(1) });

/** JobsOptions is what jobs act through; without controllers this worker leaves their jobs to others. */
export interface JobsOptions {
  deps: Deps;
  databaseUrl: string;
  /** hubUrl is where models of the source `huggingface` are read from. */
  hubUrl?: string | undefined;
  controllers: Controllers | null;
  log: Log;
}

/** startJobs works the queue off until closed. */
export async function startJobs(options: JobsOptions): Promise<{ close(): Promise<void> }> {
  await recoverJobs(options.deps);
  const runner = await run({
    connectionString: options.databaseUrl,
    maxPoolSize: CONCURRENCY + 2,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    gracefulShutdownAbortTimeout: ABORT_AFTER_MS,
    logger: new Logger(() => (level, message) => {
      if (level === 'error' || level === 'warning') options.log(level, message);
    }),
    taskList: tasks(options),
  });
  const housekeeping = startHousekeeping(options.deps, options.log);
  return {
    close: async () => {
      await housekeeping.close();
      await runner.stop();
    },
  };
}

/** A killed worker leaves its jobs locked for hours: what they were about is asked for again, which is harmless where it was not lost. */
async function recoverJobs(deps: Deps): Promise<void> {
  const { versionIds, grantIds } = await listUnfinishedWork(deps.db.prisma);
  for (const id of versionIds) await enqueue(deps.db.prisma, { kind: 'model-import', id });
  for (const id of grantIds) await expireGrant(deps, id, deps.now());
}

function tasks({ deps, hubUrl, controllers }: JobsOptions): TaskList {
  const list: TaskList = {
    'quota-grant': task(async (id) => {
      const result = await expireGrant(deps, id, deps.now());
      // Endpoints that are over quota now say so.
      if (result === 'expired') await controllers?.resync();
    }),
    'model-import': task((id, signal) => importModelVersion({ ...deps, hubUrl }, id, signal)),
  };
  if (controllers !== null) {
    list.endpoint = task((id) => controllers.reconcileEndpoint(id));
    list.run = task((id) => controllers.reconcileRun(id));
  }
  return list;
}

function task(work: (id: string, signal: AbortSignal) => Promise<void>): Task {
  return (payload, helpers) => work(payloadSchema.parse(payload).id, helpers.abortSignal);
}
