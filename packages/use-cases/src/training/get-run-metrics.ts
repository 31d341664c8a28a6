import { listRunMetrics } from '@slipway/db';
import type { trainingContract } from '@slipway/domain/training';
import type { Verb } from '../shared/verb.ts';
import { requireRun } from './require-run.ts';

/** getRunMetrics reads a run's loss curve. */
export const getRunMetrics: Verb<typeof trainingContract.getRunMetrics> = async (deps, _actor, input) => {
  const { run } = await requireRun(deps.db.prisma, input);
  const metrics = await listRunMetrics(deps.db.prisma, run.id);
  return { items: metrics.map((metric) => ({ ...metric, at: metric.at.toISOString() })) };
};
