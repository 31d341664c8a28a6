import type { Condition, Status } from '../kernel/schemas.ts';
import type { DesiredRevision, ReplicaState } from './replica-state.ts';

/** EndpointSummary is an endpoint's status with its reason in words. */
export interface EndpointSummary {
  status: Status;
  condition: Condition;
  readyReplicas: number;
}

interface Count {
  label: string;
  desired: number;
  ready: number;
  failed: ReplicaState | undefined;
  waiting: ReplicaState | undefined;
}

/** summariseEndpoint derives an endpoint's status from its revisions and replicas; `before` keeps `since` while nothing changed. */
export function summariseEndpoint(input: {
  isDeleted: boolean;
  revisions: readonly DesiredRevision[];
  replicas: readonly ReplicaState[];
  before: { status: Status; condition: Condition | null };
  now: Date;
}): EndpointSummary {
  const counts = input.revisions.filter((r) => r.role !== 'retired').map((r) => count(r, input.replicas));
  const readyReplicas = sum(counts, (c) => c.ready);
  const leaving = input.replicas.filter((replica) => replica.status === 'scaling').length;
  const { status, reason, message } = decide({ counts, leaving, isDeleted: input.isDeleted });
  const isSame = input.before.status === status && input.before.condition?.reason === reason;
  const since = isSame && input.before.condition ? input.before.condition.since : input.now.toISOString();
  return { status, readyReplicas, condition: { type: 'Ready', reason, message, since } };
}

interface Verdict {
  status: Status;
  reason: string;
  message: string;
}

function decide(seen: { counts: Count[]; leaving: number; isDeleted: boolean }): Verdict {
  const { counts, leaving } = seen;
  if (seen.isDeleted) {
    return { status: 'scaling', reason: 'Deleting', message: `Being deleted; ${replicas(leaving)} left to stop.` };
  }
  const desired = sum(counts, (c) => c.desired);
  const ready = sum(counts, (c) => c.ready);
  if (desired === 0) {
    return leaving > 0
      ? { status: 'scaling', reason: 'ScalingDown', message: `Stopping ${replicas(leaving)}.` }
      : {
          status: 'paused',
          reason: 'ScaledToZero',
          message: 'Scaled to 0: it holds no slots and answers no requests.',
        };
  }
  if (ready === desired) {
    return leaving > 0
      ? {
          status: 'scaling',
          reason: 'ScalingDown',
          message: `${replicas(ready)} ready; stopping ${replicas(leaving)}.`,
        }
      : { status: 'ready', reason: 'Ready', message: `${ready} of ${replicas(desired)} ready.` };
  }
  const failed = counts.find((c) => c.failed);
  const waiting = counts.find((c) => c.waiting);
  if (ready > 0) return partly(counts, { failed, ready, desired });
  if (failed?.failed && !waiting) {
    const reason = failed.failed.condition?.reason ?? 'Exited';
    return {
      status: 'failed',
      reason,
      message: `${failed.label}: ${why(failed.failed)} ${nextAttempt(failed.failed)}`,
    };
  }
  if (waiting?.waiting) {
    const status = waiting.waiting.status === 'pending' ? 'pending' : 'starting';
    const reason = waiting.waiting.condition?.reason ?? 'Starting';
    return { status, reason, message: `0 of ${replicas(desired)} ready. ${why(waiting.waiting)}` };
  }
  return { status: 'pending', reason: 'Queued', message: `Waiting for the worker to start ${replicas(desired)}.` };
}

function partly(counts: Count[], seen: { failed: Count | undefined; ready: number; desired: number }): Verdict {
  const { failed, ready, desired } = seen;
  if (failed?.failed) {
    const message = `${ready} of ${replicas(desired)} ready. ${failed.label}: ${why(failed.failed)} ${nextAttempt(failed.failed)}`;
    return { status: 'degraded', reason: failed.failed.condition?.reason ?? 'Exited', message };
  }
  const returning = counts.find((c) => c.waiting && c.waiting.restarts > 0);
  if (returning?.waiting) {
    const message = `${ready} of ${replicas(desired)} ready. ${returning.label}: ${why(returning.waiting)}`;
    return { status: 'degraded', reason: 'Restarting', message };
  }
  return {
    status: 'scaling',
    reason: 'ScalingUp',
    message: `${ready} of ${replicas(desired)} ready; starting the rest.`,
  };
}

function count(revision: DesiredRevision, all: readonly ReplicaState[]): Count {
  const mine = all.filter((replica) => replica.revisionId === revision.id && replica.ordinal < revision.replicas);
  return {
    label: revision.role === 'canary' ? `Canary revision ${revision.number}` : `Revision ${revision.number}`,
    desired: revision.replicas,
    ready: mine.filter((replica) => replica.status === 'ready').length,
    failed: mine.find((replica) => replica.status === 'failed'),
    waiting: mine.find((replica) => replica.status === 'pending' || replica.status === 'starting'),
  };
}

const why = (replica: ReplicaState) => replica.condition?.message ?? 'No reason is known yet.';
const nextAttempt = (replica: ReplicaState) =>
  replica.nextAttemptAt === null ? '' : `Trying again at ${replica.nextAttemptAt.toISOString().slice(11, 19)} UTC.`;
const replicas = (n: number) => (n === 1 ? '1 replica' : `${n} replicas`);
const sum = (counts: Count[], pick: (c: Count) => number) => counts.reduce((total, c) => total + pick(c), 0);
