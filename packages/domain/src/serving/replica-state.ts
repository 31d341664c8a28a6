import type { Condition, Status } from '../kernel/schemas.ts';
import type { ObservedWorkload } from './workload-observation.ts';

/** DesiredRevision is the part of a revision that decides its replicas. */
export interface DesiredRevision {
  id: string;
  number: number;
  role: 'stable' | 'canary' | 'retired';
  replicas: number;
}

/** ReplicaState is a stored replica; its id is `<revisionId>-<ordinal>`. Only `ready` ones get traffic. */
export interface ReplicaState {
  id: string;
  revisionId: string;
  ordinal: number;
  status: Status;
  condition: Condition | null;
  address: string | null;
  restarts: number;
  nextAttemptAt: Date | null;
  startedAt: Date | null;
  readyAt: Date | null;
}

/** ReplicaAction is one call to the cluster driver; `ensure` with `isReplacement` first removes what is left of the old workload. */
export type ReplicaAction =
  | {
      kind: 'ensure';
      replicaId: string;
      revisionId: string;
      ordinal: number;
      isReplacement: boolean;
      reason: string;
    }
  | { kind: 'remove'; replicaId: string; graceSeconds: number; reason: string };

/** ReplicaPlan is what to do, then the rows to store (a row that is not in it is deleted), then when to look again. */
export interface ReplicaPlan {
  actions: ReplicaAction[];
  replicas: ReplicaState[];
  wakeAt: Date | null;
}

/** ReplicaSnapshot is everything a plan looks at; `workloads` are all of this endpoint's, also those of no known replica. */
export interface ReplicaSnapshot {
  isDeleted: boolean;
  revisions: readonly DesiredRevision[];
  replicas: readonly ReplicaState[];
  workloads: readonly ObservedWorkload[];
  now: Date;
}

/** replicaId names a replica for ever. */
export const replicaId = (revisionId: string, ordinal: number): string => `${revisionId}-${ordinal}`;

/** waitingReplica is a replica that the cluster has no room for now; the controller stores it instead of the started one. */
export function waitingReplica(state: ReplicaState, message: string, now: Date): ReplicaState {
  const since = state.condition?.reason === 'NotScheduled' ? state.condition.since : now.toISOString();
  const condition: Condition = { type: 'Ready', reason: 'NotScheduled', message, since };
  return { ...state, status: 'pending', condition, address: null, nextAttemptAt: null, startedAt: null, readyAt: null };
}
