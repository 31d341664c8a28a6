import { describe, expect, it } from 'vitest';
import { planReplicas } from './plan-replicas.ts';
import { DRAIN_MILLIS, START_DEADLINE_MILLIS } from './replica-plan-builder.ts';
import type { DesiredRevision, ReplicaPlan, ReplicaState } from './replica-state.ts';
import type { ObservedWorkload, WorkloadPhase } from './workload-observation.ts';

const START = Date.parse('2026-11-21T10:00:00Z');
const at = (millis: number) => new Date(START + millis);
const stable = (replicas: number): DesiredRevision => ({ id: 'r1', number: 1, role: 'stable', replicas });
const workload = (phase: WorkloadPhase, message = '', key = 'r1-0'): ObservedWorkload => ({
  key,
  phase,
  address: phase === 'ready' ? '127.0.0.1:7000' : null,
  message,
});

function plan(input: {
  revisions?: DesiredRevision[];
  replicas?: ReplicaState[];
  workloads?: ObservedWorkload[];
  now?: number;
  isDeleted?: boolean;
}): ReplicaPlan {
  return planReplicas({
    isDeleted: input.isDeleted ?? false,
    revisions: input.revisions ?? [stable(1)],
    replicas: input.replicas ?? [],
    workloads: input.workloads ?? [],
    now: at(input.now ?? 0),
  });
}
const verbs = (result: ReplicaPlan) => result.actions.map((action) => `${action.kind} ${action.replicaId}`);
const only = (result: ReplicaPlan): ReplicaState => {
  const [row] = result.replicas;
  if (row === undefined || result.replicas.length > 1) throw new Error('expected one replica');
  return row;
};

describe('planReplicas', () => {
  it('starts what is missing, once', () => {
    const first = plan({ revisions: [stable(2)] });
    expect(verbs(first)).toEqual(['ensure r1-0', 'ensure r1-1']);
    const again = plan({
      revisions: [stable(2)],
      replicas: first.replicas,
      workloads: [workload('starting'), workload('starting', '', 'r1-1')],
    });
    expect(again.actions).toEqual([]);
  });

  it('gives a ready replica its address and the time it got ready', () => {
    const row = only(plan({ replicas: plan({}).replicas, workloads: [workload('ready')], now: 1_500 }));
    expect(row).toMatchObject({ status: 'ready', address: '127.0.0.1:7000', readyAt: at(1_500) });
  });

  it('adopts a workload whose row was never written', () => {
    const adopted = plan({ workloads: [workload('ready')] });
    expect(adopted.actions).toEqual([]);
    expect(only(adopted).status).toBe('ready');
  });

  it('waits longer after each failure, says why, and never starts before the wait is over', () => {
    let replicas = plan({}).replicas;
    let now = 0;
    const waits: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const failed = plan({ replicas, workloads: [workload('exited', 'no such file')], now });
      const row = only(failed);
      expect(row.status).toBe('failed');
      expect(row.condition?.message).toBe('no such file');
      expect(failed.wakeAt).toEqual(row.nextAttemptAt);
      const due = (row.nextAttemptAt?.getTime() ?? 0) - START;
      waits.push((due - now) / 1_000);
      const early = plan({ replicas: failed.replicas, workloads: [workload('exited')], now: due - 1 });
      expect(early.actions).toEqual([]);
      const retried = plan({ replicas: failed.replicas, workloads: [workload('exited')], now: due });
      expect(retried.actions).toMatchObject([{ kind: 'ensure', isReplacement: true }]);
      expect(only(retried).condition?.message).toBe(`Attempt ${attempt + 2}. Before: no such file`);
      replicas = retried.replicas;
      now = due;
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  it('forgets earlier failures after ten healthy minutes', () => {
    const row: ReplicaState = {
      ...only(plan({ workloads: [workload('ready')] })),
      restarts: 7,
    };
    const short = only(plan({ replicas: [row], workloads: [workload('exited')], now: 9 * 60_000 }));
    expect(short.restarts).toBe(8);
    const long = only(plan({ replicas: [row], workloads: [workload('exited')], now: 10 * 60_000 }));
    expect(long.restarts).toBe(1);
    expect(long.nextAttemptAt).toEqual(at(10 * 60_000 + 1_000));
  });

  it('starts again at once, without back-off, what vanished with its driver', () => {
    const ready = plan({ workloads: [workload('ready')] });
    const after = plan({ replicas: ready.replicas, now: 60_000 });
    expect(verbs(after)).toEqual(['ensure r1-0']);
    expect(only(after).restarts).toBe(0);
  });

  it('gives up on a start that never answers', () => {
    const loading = plan({ replicas: plan({}).replicas, workloads: [workload('starting')], now: 1_000 });
    const late = plan({
      replicas: loading.replicas,
      workloads: [workload('starting')],
      now: 1_000 + START_DEADLINE_MILLIS,
    });
    expect(verbs(late)).toEqual(['remove r1-0']);
    expect(only(late)).toMatchObject({ status: 'failed', condition: { reason: 'StartTimeout' } });
  });

  it('takes a replica out of traffic before it stops it', () => {
    const ready = plan({ workloads: [workload('ready')] });
    const draining = plan({ revisions: [stable(0)], replicas: ready.replicas, workloads: [workload('ready')] });
    expect(draining.actions).toEqual([]);
    expect(only(draining).status).toBe('scaling');
    expect(draining.wakeAt).toEqual(at(DRAIN_MILLIS));
    const stop = plan({
      revisions: [stable(0)],
      replicas: draining.replicas,
      workloads: [workload('ready')],
      now: DRAIN_MILLIS,
    });
    expect(verbs(stop)).toEqual(['remove r1-0']);
    const gone = plan({ revisions: [stable(0)], replicas: stop.replicas, now: DRAIN_MILLIS + 1 });
    expect(gone.replicas).toEqual([]);
  });

  it('keeps a draining replica that is wanted again', () => {
    const ready = plan({ workloads: [workload('ready')] });
    const draining = plan({ revisions: [stable(0)], replicas: ready.replicas, workloads: [workload('ready')] });
    const wanted = plan({ replicas: draining.replicas, workloads: [workload('ready')], now: 500 });
    expect(wanted.actions).toEqual([]);
    expect(only(wanted).status).toBe('ready');
  });

  it('removes everything of a deleted endpoint and everything it does not know', () => {
    const ready = plan({ workloads: [workload('starting')] });
    const deleted = plan({
      isDeleted: true,
      replicas: ready.replicas,
      workloads: [workload('starting'), workload('ready', '', 'unknown-0')],
    });
    expect(verbs(deleted).sort()).toEqual(['remove r1-0', 'remove unknown-0']);
  });
});
