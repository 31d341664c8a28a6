import type { Condition, Status } from '../kernel/schemas.ts';
import type { ObservedWorkload } from '../serving/workload-observation.ts';

/** CANCEL_GRACE_SECONDS is how long a run may take to end by itself before it is killed. */
const CANCEL_GRACE_SECONDS = 10;

/** RunState is the part of a run that decides what happens to it. */
export interface RunState {
  id: string;
  status: Status;
  condition: Condition | null;
  timeLimitMinutes: number;
  cancelRequestedAt: Date | null;
  startedAt: Date | null;
  endedAt: Date | null;
}
/** RunOutcome is what the training process said last about itself; null while it has said nothing final. */
export type RunOutcome = { kind: 'succeeded' } | { kind: 'failed'; message: string } | null;
/** RunAction is one call of the controller: `complete` registers the produced file as a model version before the row is stored. */
export type RunAction =
  | { kind: 'ensure'; reason: string }
  | { kind: 'remove'; graceSeconds: number; reason: string }
  | { kind: 'complete' };
/** RunPlan is what to do, the state to store afterwards, and when to look again. */
export interface RunPlan {
  actions: RunAction[];
  run: RunState;
  wakeAt: Date | null;
}

/** TERMINAL_RUN_STATUSES are the ends of a run; nothing leaves them. */
export const TERMINAL_RUN_STATUSES: readonly Status[] = ['succeeded', 'failed', 'cancelled'];
/** isRunOver says whether the run has ended. */
export const isRunOver = (status: Status): boolean => TERMINAL_RUN_STATUSES.includes(status);
/** SLOT_HOLDING_RUN_STATUSES are those in which a run counts against quota. */
export const SLOT_HOLDING_RUN_STATUSES: readonly Status[] = ['pending', 'starting', 'running'];

/** planRun moves a run pending -> starting -> running -> succeeded | failed | cancelled; a run holds its slots until its process is gone. */
export function planRun(input: {
  run: RunState;
  workload: ObservedWorkload | null;
  outcome: RunOutcome;
  now: Date;
}): RunPlan {
  const { run, workload } = input;
  if (isRunOver(run.status)) return { actions: leftOver(workload), run, wakeAt: null };
  const stop = stopReason(input);
  if (stop) return stopRun(input, stop);
  if (workload === null) {
    if (run.status === 'pending') return startRun(input);
    return end(input, 'failed', {
      reason: 'Interrupted',
      message: 'The process went away with the worker that ran it. Launch the run again.',
    });
  }
  if (workload.phase === 'exited') return finish(input, workload);
  const deadline = deadlineOf(run);
  const next = workload.phase === 'ready' ? 'running' : 'starting';
  const status = run.status === 'running' ? 'running' : next;
  const why =
    status === 'running'
      ? { reason: 'Running', message: 'The process is working.' }
      : { reason: 'Starting', message: workload.message || 'The process is starting.' };
  const startedAt = run.startedAt ?? input.now;
  return {
    actions: [],
    run: { ...run, status, startedAt, condition: condition(input, status, why) },
    wakeAt: deadline,
  };
}

interface Reason {
  status: 'cancelled' | 'failed';
  reason: string;
  message: string;
}

function stopReason({ run, outcome, now }: { run: RunState; outcome: RunOutcome; now: Date }): Reason | null {
  if (run.cancelRequestedAt !== null) {
    const asked = run.condition?.reason === 'Cancelling' ? run.condition.message : 'Cancelled on request.';
    return { status: 'cancelled', reason: 'Cancelling', message: asked };
  }
  const deadline = deadlineOf(run);
  const hasPassed = deadline !== null && deadline.getTime() <= now.getTime();
  if (hasPassed && outcome?.kind !== 'succeeded') {
    const minutes = `${run.timeLimitMinutes} minute${run.timeLimitMinutes === 1 ? '' : 's'}`;
    const message = `It reached its time limit of ${minutes}. Launch it again with a longer limit or fewer epochs.`;
    return { status: 'failed', reason: 'TimeLimit', message };
  }
  return null;
}

function stopRun(input: { run: RunState; workload: ObservedWorkload | null; now: Date }, stop: Reason): RunPlan {
  const { run, workload } = input;
  if (workload === null || workload.phase === 'exited') {
    const ended = end(input, stop.status, {
      reason: stop.status === 'cancelled' ? 'Cancelled' : stop.reason,
      message: stop.message,
    });
    return { ...ended, actions: leftOver(workload) };
  }
  const actions: RunAction[] =
    workload.phase === 'stopping' ? [] : [{ kind: 'remove', graceSeconds: CANCEL_GRACE_SECONDS, reason: stop.message }];
  return { actions, run: { ...run, condition: condition(input, run.status, stop) }, wakeAt: null };
}

function startRun(input: { run: RunState; now: Date }): RunPlan {
  const run: RunState = {
    ...input.run,
    status: 'starting',
    startedAt: input.now,
    condition: condition(input, 'starting', { reason: 'Starting', message: 'The process is starting.' }),
  };
  return { actions: [{ kind: 'ensure', reason: 'The run was launched.' }], run, wakeAt: deadlineOf(run) };
}

function finish(input: { run: RunState; outcome: RunOutcome; now: Date }, workload: ObservedWorkload): RunPlan {
  const cleanUp = leftOver(workload);
  if (input.outcome?.kind === 'succeeded') {
    const ended = end(input, 'succeeded', { reason: 'Succeeded', message: 'The trained model is registered.' });
    return { ...ended, actions: [{ kind: 'complete' }, ...cleanUp] };
  }
  const message = input.outcome?.message ?? (workload.message || 'The process ended without a result.');
  return { ...end(input, 'failed', { reason: 'Failed', message }), actions: cleanUp };
}

function end(
  input: { run: RunState; now: Date },
  status: 'succeeded' | 'failed' | 'cancelled',
  why: { reason: string; message: string },
): RunPlan {
  const run = { ...input.run, status, endedAt: input.now, condition: condition(input, status, why) };
  return { actions: [], run, wakeAt: null };
}

function leftOver(workload: ObservedWorkload | null): RunAction[] {
  if (workload === null || workload.phase === 'stopping') return [];
  return [{ kind: 'remove', graceSeconds: 0, reason: 'The run is over.' }];
}

function deadlineOf(run: RunState): Date | null {
  return run.startedAt === null ? null : new Date(run.startedAt.getTime() + run.timeLimitMinutes * 60_000);
}

function condition(
  input: { run: RunState; now: Date },
  status: Status,
  why: { reason: string; message: string },
): Condition {
  const before = input.run.condition;
  const isSame = input.run.status === status && before?.reason === why.reason;
  const since = isSame && before ? before.since : input.now.toISOString();
  return { type: 'Finished', reason: why.reason, message: why.message, since };
}

/** waitingRun is a run that the cluster has no room for now; the controller stores it instead of the started one. */
export function waitingRun(run: RunState, message: string, now: Date): RunState {
  const since = run.condition?.reason === 'NotScheduled' ? run.condition.since : now.toISOString();
  return {
    ...run,
    status: 'pending',
    startedAt: null,
    condition: { type: 'Finished', reason: 'NotScheduled', message, since },
  };
}
