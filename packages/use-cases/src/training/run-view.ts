import type { RunRecord } from '@slipway/db';
import { notFound, type OutputOf } from '@slipway/domain';
import { picosToMicros } from '@slipway/domain/metering';
import { RUN_STEPS, trainingContract } from '@slipway/domain/training';

/** RunView is a run as lists show it. */
export type RunView = OutputOf<typeof trainingContract.launchTraining>;
type StepView = OutputOf<typeof trainingContract.getRun>['steps'][number];

const stepsSchema = trainingContract.getRun.output.shape.steps;

/** toRunView shows a run. */
export function toRunView(run: RunRecord): RunView {
  const { teamId: _teamId, teamSlug, flavorId: _flavorId, flavorName, costPicos, ...rest } = run;
  const { cancelRequestedAt: _cancel, steps: _steps, createdAt, startedAt, endedAt, ...view } = rest;
  return {
    ...view,
    team: teamSlug,
    flavor: flavorName,
    costMicros: picosToMicros(costPicos),
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}

/** toStepViews shows a run's steps; before its process has said anything, all of them wait. */
export function toStepViews(run: RunRecord): StepView[] {
  const parsed = stepsSchema.safeParse(run.steps);
  if (parsed.success && parsed.data.length > 0) return parsed.data;
  return RUN_STEPS.map((step) => ({ step, status: 'pending', message: '', startedAt: null, endedAt: null }));
}

/** runNotFound is the same whether the run does not exist or is another team's. */
export const runNotFound = () => notFound('There is no such run of this team.');
