import { DRAIN_MILLIS, ReplicaPlanBuilder, START_DEADLINE_MILLIS } from './replica-plan-builder.ts';
import { type ReplicaPlan, type ReplicaSnapshot, type ReplicaState, replicaId } from './replica-state.ts';
import type { ObservedWorkload } from './workload-observation.ts';

/** STOP_GRACE_SECONDS is how long a stopping replica may finish the answers it is streaming. */
const STOP_GRACE_SECONDS = 30;

/** planReplicas decides what brings an endpoint's processes to its revisions; it is level-triggered and may run at any moment. */
export function planReplicas(snapshot: ReplicaSnapshot): ReplicaPlan {
  const plan = new ReplicaPlanBuilder(snapshot.now);
  const desired = desiredReplicas(snapshot);
  const rows = new Map(snapshot.replicas.map((row) => [row.id, row]));
  const workloads = new Map(snapshot.workloads.map((workload) => [workload.key, workload]));

  for (const [id, target] of desired) keepRunning(plan, rows.get(id) ?? target, workloads.get(id));
  for (const [id, row] of rows) {
    if (!desired.has(id)) retire(plan, row, { workload: workloads.get(id), isDeleted: snapshot.isDeleted });
  }
  for (const [id, workload] of workloads) {
    if (!desired.has(id) && !rows.has(id) && workload.phase !== 'stopping') {
      plan.remove(id, 0, 'No replica of this endpoint has this name.');
    }
  }
  return plan.done();
}

function desiredReplicas(snapshot: ReplicaSnapshot): Map<string, ReplicaState> {
  const desired = new Map<string, ReplicaState>();
  if (snapshot.isDeleted) return desired;
  for (const revision of snapshot.revisions) {
    if (revision.role === 'retired') continue;
    for (let ordinal = 0; ordinal < revision.replicas; ordinal += 1) {
      const id = replicaId(revision.id, ordinal);
      desired.set(id, newReplica(id, revision.id, ordinal));
    }
  }
  return desired;
}

function newReplica(id: string, revisionId: string, ordinal: number): ReplicaState {
  return {
    id,
    revisionId,
    ordinal,
    status: 'pending',
    condition: null,
    address: null,
    restarts: 0,
    nextAttemptAt: null,
    startedAt: null,
    readyAt: null,
  };
}

function keepRunning(plan: ReplicaPlanBuilder, state: ReplicaState, workload: ObservedWorkload | undefined): void {
  const isGone = workload === undefined || workload.phase === 'exited';
  if (state.status === 'failed' && (isGone || workload.phase === 'stopping')) {
    retryWhenDue(plan, state, workload);
  } else if (workload === undefined) {
    // The driver keeps exited workloads, so one that is gone went with the driver itself: no fault of the model, no back-off.
    const isNew = state.startedAt === null;
    plan.start(state, isNew ? 'The endpoint asks for this replica.' : 'The process is gone; starting it again.', false);
  } else if (workload.phase === 'exited') {
    plan.fail(state, { reason: 'Exited', message: workload.message || 'The process ended without a reason.' });
  } else if (workload.phase === 'stopping') {
    plan.hold(state, 'pending', { reason: 'Replacing', message: 'Waiting for the former process to end.' });
  } else if (workload.phase === 'pending') {
    plan.hold(state, 'pending', { reason: 'NotScheduled', message: workload.message || 'Waiting for a free slot.' });
  } else if (workload.phase === 'ready') {
    plan.ready(state, workload.address);
  } else {
    awaitReady(plan, state, workload);
  }
}

function awaitReady(plan: ReplicaPlanBuilder, state: ReplicaState, workload: ObservedWorkload): void {
  const hasAnswered = state.status === 'ready' || state.condition?.reason === 'NotAnswering';
  const attempt = state.restarts > 0 && state.status === 'starting' ? state.condition?.message : undefined;
  const held = plan.hold(
    state,
    'starting',
    hasAnswered
      ? { reason: 'NotAnswering', message: workload.message || 'It stopped answering its health check.' }
      : { reason: 'Loading', message: attempt ?? (workload.message || 'Loading the model.') },
  );
  const deadline = Date.parse(held.condition?.since ?? plan.now.toISOString()) + START_DEADLINE_MILLIS;
  if (deadline > plan.now.getTime()) {
    plan.wakeAt(deadline);
    return;
  }
  plan.remove(held.id, 0, 'It did not become ready in time.');
  plan.fail(held, {
    reason: 'StartTimeout',
    message: `It did not become ready within ${START_DEADLINE_MILLIS / 60_000} minutes.`,
  });
}

function retryWhenDue(plan: ReplicaPlanBuilder, state: ReplicaState, workload: ObservedWorkload | undefined): void {
  const due = state.nextAttemptAt?.getTime() ?? 0;
  if (due > plan.now.getTime() || workload?.phase === 'stopping') {
    plan.keep(state);
    plan.wakeAt(Math.max(due, plan.now.getTime() + 1_000));
    return;
  }
  const before = state.condition?.message ?? 'It ended.';
  plan.start(state, `Attempt ${state.restarts + 1}. Before: ${before}`, workload !== undefined);
}

function retire(
  plan: ReplicaPlanBuilder,
  state: ReplicaState,
  seen: { workload: ObservedWorkload | undefined; isDeleted: boolean },
): void {
  if (seen.workload === undefined) return;
  if (seen.workload.phase === 'stopping') {
    plan.stopping(state);
    return;
  }
  if (state.status === 'ready' && seen.workload.phase === 'ready') {
    plan.drain(state);
    return;
  }
  const isDraining = state.condition?.type === 'Draining';
  const drainedAt = isDraining ? Date.parse(state.condition?.since ?? '') + DRAIN_MILLIS : 0;
  if (drainedAt > plan.now.getTime()) {
    plan.keep(state);
    plan.wakeAt(drainedAt);
    return;
  }
  plan.stopping(state);
  plan.remove(state.id, STOP_GRACE_SECONDS, seen.isDeleted ? 'The endpoint is deleted.' : 'It is no longer needed.');
}
