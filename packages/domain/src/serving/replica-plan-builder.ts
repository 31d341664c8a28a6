import type { Condition, Status } from '../kernel/schemas.ts';
import { nextBackOff } from './back-off.ts';
import type { ReplicaAction, ReplicaPlan, ReplicaState } from './replica-state.ts';

/** START_DEADLINE_MILLIS: the largest models this platform loads from local disk need minutes; ten without an answer is a hang. */
export const START_DEADLINE_MILLIS = 10 * 60_000;
/** DRAIN_MILLIS is how long a replica keeps answering after it left the gateway's choice; gateways learn within 1 s. */
export const DRAIN_MILLIS = 2_000;

/** ReplicaPlanBuilder collects a plan's actions and rows; each method is one thing that can happen to a replica. */
export class ReplicaPlanBuilder {
  readonly now: Date;
  readonly #actions: ReplicaAction[] = [];
  readonly #rows = new Map<string, ReplicaState>();
  #wakeAt: number | null = null;

  constructor(now: Date) {
    this.now = now;
  }

  start(state: ReplicaState, reason: string, isReplacement: boolean): void {
    const { id, revisionId, ordinal } = state;
    this.#actions.push({ kind: 'ensure', replicaId: id, revisionId, ordinal, isReplacement, reason });
    this.#rows.set(id, {
      ...state,
      status: 'starting',
      condition: { type: 'Ready', reason: 'Starting', message: reason, since: this.now.toISOString() },
      address: null,
      nextAttemptAt: null,
      startedAt: this.now,
      readyAt: null,
    });
    this.wakeAt(this.now.getTime() + START_DEADLINE_MILLIS);
  }

  ready(state: ReplicaState, address: string | null): void {
    const condition = this.#since(state, 'ready', { type: 'Ready', reason: 'Ready', message: 'It answers requests.' });
    this.#rows.set(state.id, {
      ...state,
      status: 'ready',
      condition,
      address,
      nextAttemptAt: null,
      startedAt: state.startedAt ?? this.now,
      readyAt: state.readyAt ?? this.now,
    });
  }

  hold(state: ReplicaState, status: 'pending' | 'starting', why: { reason: string; message: string }): ReplicaState {
    const condition = this.#since(state, status, { type: 'Ready', ...why });
    const held: ReplicaState = { ...state, status, condition, nextAttemptAt: null, readyAt: null };
    this.#rows.set(state.id, held);
    return held;
  }

  drain(state: ReplicaState): void {
    const since = this.now.toISOString();
    const condition = { type: 'Draining', reason: 'Draining', message: 'It gets no new requests.', since };
    this.#rows.set(state.id, { ...state, status: 'scaling', condition });
    this.wakeAt(this.now.getTime() + DRAIN_MILLIS);
  }

  stopping(state: ReplicaState): void {
    const why = { type: 'Stopping', reason: 'Stopping', message: 'Finishing the answers it is streaming.' };
    this.#rows.set(state.id, { ...state, status: 'scaling', condition: this.#since(state, 'scaling', why) });
  }

  fail(state: ReplicaState, why: { reason: string; message: string }): void {
    const healthyMillis = state.readyAt === null ? 0 : this.now.getTime() - state.readyAt.getTime();
    const next = nextBackOff(state.restarts, healthyMillis);
    const due = this.now.getTime() + next.delayMillis;
    this.#rows.set(state.id, {
      ...state,
      status: 'failed',
      condition: { type: 'Ready', ...why, since: this.now.toISOString() },
      address: null,
      restarts: next.restarts,
      nextAttemptAt: new Date(due),
      readyAt: null,
    });
    this.wakeAt(due);
  }

  keep(state: ReplicaState): void {
    this.#rows.set(state.id, state);
  }

  remove(id: string, graceSeconds: number, reason: string): void {
    this.#actions.push({ kind: 'remove', replicaId: id, graceSeconds, reason });
  }

  wakeAt(millis: number): void {
    this.#wakeAt = this.#wakeAt === null ? millis : Math.min(this.#wakeAt, millis);
  }

  done(): ReplicaPlan {
    const wakeAt = this.#wakeAt === null ? null : new Date(this.#wakeAt);
    return { actions: this.#actions, replicas: [...this.#rows.values()], wakeAt };
  }

  /** Keeps `since` while status and reason stay, so that deadlines run from the first sight. */
  #since(state: ReplicaState, status: Status, next: Omit<Condition, 'since'>): Condition {
    const before = state.condition;
    const isSame = state.status === status && before?.type === next.type && before.reason === next.reason;
    return { ...next, since: isSame ? before.since : this.now.toISOString() };
  }
}
