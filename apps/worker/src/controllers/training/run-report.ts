import type { NewRunMetric, RunProgress, StoredStep } from '@slipway/db';
import type { RunOutcome } from '@slipway/domain/training';
import { RUN_STEPS } from '@slipway/domain/training';
import type { TrainingEventLine } from './training-event.ts';

/** RunReport is what a run has said so far, and what of it is not yet written. */
export interface RunReport {
  steps: StoredStep[];
  unwritten: { progress: RunProgress; metrics: NewRunMetric[] };
  nextSequence: number;
  outcome: RunOutcome;
}

/** newRunReport is the report of a run that has said nothing. */
export function newRunReport(): RunReport {
  const steps = RUN_STEPS.map((step) => ({
    step,
    status: 'pending' as const,
    message: '',
    startedAt: null,
    endedAt: null,
  }));
  return { steps, unwritten: { progress: { steps }, metrics: [] }, nextSequence: 0, outcome: null };
}

/** addEvent is the report after one more event. */
export function addEvent(report: RunReport, event: TrainingEventLine, at: Date): RunReport {
  switch (event.type) {
    case 'log':
      return report;
    case 'step':
      return moveStep(report, event.step, {
        status: event.status === 'started' ? 'running' : 'succeeded',
        message: event.message,
        at,
      });
    case 'metric':
      return addMetric(report, event, at);
    case 'result': {
      const progress: RunProgress = { ...report.unwritten.progress, progress: 1 };
      if (event.finalTrainLoss !== null) progress.trainLoss = event.finalTrainLoss;
      if (event.finalValidationLoss !== null) progress.validationLoss = event.finalValidationLoss;
      if (event.initialValidationLoss !== null) progress.initialValidationLoss = event.initialValidationLoss;
      return { ...report, outcome: { kind: 'succeeded' }, unwritten: { ...report.unwritten, progress } };
    }
  }
}

/** moveStep is the report after a step began or ended. */
export function moveStep(
  report: RunReport,
  name: StoredStep['step'],
  change: { status: StoredStep['status']; message: string; at: Date },
): RunReport {
  const at = change.at.toISOString();
  const isOver = change.status !== 'running' && change.status !== 'pending';
  const steps = report.steps.map((step) =>
    step.step === name
      ? {
          ...step,
          status: change.status,
          message: change.message,
          startedAt: step.startedAt ?? at,
          endedAt: isOver ? at : null,
        }
      : step,
  );
  return withSteps(report, steps);
}

/** endSteps is the report of a run that is over: what ran ended as the run did, and what never began is left out, since no run needs every step. */
export function endSteps(report: RunReport, status: 'succeeded' | 'failed' | 'cancelled', at: Date): RunReport {
  const steps = report.steps
    .filter((step) => step.status !== 'pending')
    .map((step) => (step.status === 'running' ? { ...step, status, endedAt: at.toISOString() } : step));
  return withSteps(report, steps);
}

/** takeUnwritten splits off what has to be written now. */
export function takeUnwritten(report: RunReport): { report: RunReport; unwritten: RunReport['unwritten'] } {
  return { report: { ...report, unwritten: { progress: {}, metrics: [] } }, unwritten: report.unwritten };
}

function withSteps(report: RunReport, steps: StoredStep[]): RunReport {
  const progress = { ...report.unwritten.progress, steps };
  return { ...report, steps, unwritten: { ...report.unwritten, progress } };
}

function addMetric(report: RunReport, event: Extract<TrainingEventLine, { type: 'metric' }>, at: Date): RunReport {
  const metric: NewRunMetric = {
    sequence: report.nextSequence,
    at,
    epoch: event.epoch,
    iteration: event.iteration,
    trainLoss: event.trainLoss ?? null,
    validationLoss: event.validationLoss ?? null,
    tokensPerSecond: event.tokensPerSecond,
  };
  const progress: RunProgress = { ...report.unwritten.progress };
  if (event.iterations > 0) progress.progress = Math.min(1, event.iteration / event.iterations);
  if (event.trainLoss !== undefined) progress.trainLoss = event.trainLoss;
  if (event.validationLoss !== undefined) progress.validationLoss = event.validationLoss;
  if (event.validationLoss !== undefined && event.iteration === 0)
    progress.initialValidationLoss = event.validationLoss;
  if (event.tokensPerSecond !== null) progress.tokensPerSecond = event.tokensPerSecond;
  return {
    ...report,
    nextSequence: report.nextSequence + 1,
    unwritten: { progress, metrics: [...report.unwritten.metrics, metric] },
  };
}
