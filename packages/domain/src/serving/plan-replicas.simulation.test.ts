import { describe, expect, it } from 'vitest';
import { planReplicas } from './plan-replicas.ts';
import type { DesiredRevision, ReplicaPlan, ReplicaState } from './replica-state.ts';
import { summariseEndpoint } from './summarise-endpoint.ts';
import type { ObservedWorkload } from './workload-observation.ts';

/** A seeded generator, so that a failing run can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class World {
  readonly random: () => number;
  now = Date.parse('2026-11-21T10:00:00Z');
  isDeleted = false;
  revisions: DesiredRevision[] = [{ id: 'r1', number: 1, role: 'stable', replicas: 2 }];
  rows: ReplicaState[] = [];
  workloads = new Map<string, ObservedWorkload>();
  constructor(seed: number) {
    this.random = randomOf(seed);
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.random() * items.length)];
  }

  disturb(): void {
    const roll = this.random();
    const victim = this.pick([...this.workloads.values()]);
    if (roll < 0.2 && victim) this.set(victim.key, 'exited');
    else if (roll < 0.45 && victim?.phase === 'starting') this.set(victim.key, 'ready');
    else if (roll < 0.5 && victim?.phase === 'ready') this.set(victim.key, 'starting');
    else if (roll < 0.55) this.workloads.clear();
    else if (roll < 0.7) this.scale();
    else if (roll < 0.8) this.startCanary();
    else if (roll < 0.9) this.endCanary(this.random() < 0.5);
    else if (roll < 0.905) this.isDeleted = true;
    for (const workload of [...this.workloads.values()]) {
      if (workload.phase === 'stopping' && this.random() < 0.5) this.workloads.delete(workload.key);
    }
    this.now += Math.floor(this.random() * 5_000);
  }

  set(key: string, phase: ObservedWorkload['phase']): void {
    this.workloads.set(key, {
      key,
      phase,
      address: phase === 'ready' ? `host:${key}` : null,
      message: `it is ${phase}`,
    });
  }

  scale(): void {
    const replicas = Math.floor(this.random() * 4);
    this.revisions = this.revisions.map((r) => (r.role === 'stable' ? { ...r, replicas } : r));
  }

  startCanary(): void {
    if (this.revisions.some((r) => r.role === 'canary')) return;
    const number = this.revisions.length + 1;
    this.revisions = [...this.revisions, { id: `r${number}`, number, role: 'canary', replicas: 1 }];
  }

  endCanary(isPromotion: boolean): void {
    if (!this.revisions.some((r) => r.role === 'canary')) return;
    const replicas = this.revisions.find((r) => r.role === 'stable')?.replicas ?? 1;
    this.revisions = this.revisions.map((r) => {
      if (r.role === 'retired') return r;
      const stays = (r.role === 'canary') === isPromotion;
      return stays ? { ...r, role: 'stable', replicas } : { ...r, role: 'retired' };
    });
  }

  wanted(): Set<string> {
    const ids = new Set<string>();
    if (this.isDeleted) return ids;
    for (const r of this.revisions) {
      for (let i = 0; i < r.replicas && r.role !== 'retired'; i += 1) ids.add(`${r.id}-${i}`);
    }
    return ids;
  }

  reconcile(): ReplicaPlan {
    const plan = planReplicas({
      isDeleted: this.isDeleted,
      revisions: this.revisions,
      replicas: this.rows,
      workloads: [...this.workloads.values()],
      now: new Date(this.now),
    });
    this.check(plan);
    for (const action of plan.actions) {
      if (action.kind === 'ensure') this.set(action.replicaId, 'starting');
      else if (this.workloads.get(action.replicaId)?.phase === 'exited') this.workloads.delete(action.replicaId);
      else if (this.workloads.has(action.replicaId)) this.set(action.replicaId, 'stopping');
    }
    // A controller may die between the driver's calls and the transaction that stores the rows.
    if (this.random() > 0.05) this.rows = plan.replicas;
    return plan;
  }

  check(plan: ReplicaPlan): void {
    const wanted = this.wanted();
    const touched = plan.actions.map((action) => action.replicaId);
    expect(new Set(touched).size, 'one action for each replica').toBe(touched.length);
    expect(new Set(plan.replicas.map((row) => row.id)).size, 'one row for each replica').toBe(plan.replicas.length);
    for (const action of plan.actions) {
      const row = this.rows.find((r) => r.id === action.replicaId);
      const phase = this.workloads.get(action.replicaId)?.phase;
      if (action.kind === 'remove') {
        expect(phase, 'only what exists is removed').toBeDefined();
        continue;
      }
      expect(wanted.has(action.replicaId), 'never more than desired').toBe(true);
      expect(phase === undefined || (phase === 'exited' && action.isReplacement), 'never beside a living one').toBe(
        true,
      );
      if (row?.status === 'failed') {
        expect(row.nextAttemptAt?.getTime() ?? 0, 'never before its back-off is over').toBeLessThanOrEqual(this.now);
      }
    }
    for (const row of plan.replicas) {
      const isUsable = this.workloads.get(row.id)?.phase === 'ready' && wanted.has(row.id);
      expect(row.status === 'ready', 'traffic goes to exactly the living wanted ones').toBe(isUsable);
    }
  }
}

describe('planReplicas under random crashes, scaling, canaries and deletion', () => {
  it.each([0, 50, 100, 150])(
    'keeps its promises after each step and settles when it is calm (seeds from %i)',
    (first) => {
      for (let seed = first; seed < first + 50; seed += 1) simulate(new World(seed), `seed ${seed}`);
    },
  );
});

function simulate(world: World, label: string): void {
  for (let step = 0; step < 120; step += 1) {
    world.disturb();
    world.reconcile();
  }
  for (let step = 0; step < 60; step += 1) {
    for (const workload of [...world.workloads.values()]) {
      if (workload.phase === 'starting') world.set(workload.key, 'ready');
      if (workload.phase === 'stopping') world.workloads.delete(workload.key);
    }
    world.now += 10_000;
    world.reconcile();
  }
  const living = [...world.workloads.values()];
  expect(new Set(living.map((w) => w.key)), label).toEqual(world.wanted());
  expect(
    living.every((w) => w.phase === 'ready'),
    label,
  ).toBe(true);
  const summary = summariseEndpoint({
    isDeleted: world.isDeleted,
    revisions: world.revisions,
    replicas: world.reconcile().replicas,
    before: { status: 'pending', condition: null },
    now: new Date(world.now),
  });
  const settled = world.wanted().size === 0 ? 'paused' : 'ready';
  expect(summary.status, label).toBe(world.isDeleted ? 'scaling' : settled);
}
