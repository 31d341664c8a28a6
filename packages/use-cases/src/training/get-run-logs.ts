import { readLogLines } from '@slipway/db';
import type { trainingContract } from '@slipway/domain/training';
import { toLogLines } from '../shared/log-lines.ts';
import type { Verb } from '../shared/verb.ts';
import { requireRun } from './require-run.ts';

/** getRunLogs reads what a run's process wrote after a sequence number. */
export const getRunLogs: Verb<typeof trainingContract.getRunLogs> = async (deps, _actor, input) => {
  const { run } = await requireRun(deps.db.prisma, input);
  const { after, limit } = input;
  return { items: toLogLines(await readLogLines(deps.db.prisma, { kind: 'run', id: run.id }, { after, limit })) };
};
