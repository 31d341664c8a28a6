import type { GatewayEndpoint, GatewayReplica, GatewayRevision } from '../snapshot/snapshot.ts';
import { pickRevision } from './pick-revision.ts';

/** Target is where one attempt goes. */
export interface Target {
  revision: GatewayRevision;
  replicaId: string;
  /** address is the replica's origin. */
  address: string;
}

/** RouteDecision is a target, or why there is none now. */
export type RouteDecision =
  | { kind: 'target'; target: Target }
  /** wait: a replica is on its way; ask again after a snapshot change or waitMs. */
  | { kind: 'wait'; waitMs: number }
  /** exhausted: every ready replica was already tried by this request. */
  | { kind: 'exhausted' }
  | { kind: 'paused' }
  | { kind: 'down' };

/** Router remembers what snapshots do not say: requests in flight, and replicas that just failed. */
export interface Router {
  /** assign draws the revision of a new request by weight. */
  assign(endpoint: GatewayEndpoint): string | null;
  choose(
    endpoint: GatewayEndpoint,
    request: {
      revisionId: string | null;
      tried: ReadonlySet<string>;
      nowMs: number;
      now: Date;
    },
  ): RouteDecision;
  begin(target: Target): void;
  end(target: Target): void;
  /** avoid keeps new requests off a replica that could not be reached, for a moment. */
  avoid(target: Target, nowMs: number): void;
  inFlight(): number;
}

/** AVOID_MS is longer than a controller needs to notice a dead process and shorter than a restart. */
export const AVOID_MS = 500;
/** WAIT_MS is the longest time between looks while nothing changes. */
const WAIT_MS = 1_000;

const keyOf = (replicaId: string, address: string) => `${replicaId} ${address}`;

/** createRouter makes an empty Router. */
export function createRouter(): Router {
  const sequences = new Map<string, number>();
  const inFlight = new Map<string, number>();
  const avoidUntil = new Map<string, number>();
  let total = 0;
  let turn = 0;

  function ready(revision: GatewayRevision): Target[] {
    return revision.replicas.flatMap((replica: GatewayReplica) =>
      replica.status === 'ready' && replica.address !== null
        ? [{ revision, replicaId: replica.id, address: replica.address }]
        : [],
    );
  }
  function leastBusy(targets: readonly Target[]): Target | undefined {
    turn += 1;
    let best: Target | undefined;
    let bestLoad = Number.POSITIVE_INFINITY;
    for (let i = 0; i < targets.length; i += 1) {
      // The start moves on, so that equally idle replicas take turns.
      const target = targets[(i + turn) % targets.length];
      if (target === undefined) continue;
      const load = inFlight.get(keyOf(target.replicaId, target.address)) ?? 0;
      if (load < bestLoad) {
        best = target;
        bestLoad = load;
      }
    }
    return best;
  }

  return {
    assign(endpoint) {
      const sequence = sequences.get(endpoint.id) ?? 0;
      sequences.set(endpoint.id, sequence + 1);
      return pickRevision(endpoint.revisions, sequence)?.id ?? null;
    },
    choose(endpoint, { revisionId, tried, nowMs, now }) {
      const chosen = endpoint.revisions.find((revision) => revision.id === revisionId);
      const others = endpoint.revisions
        .filter((revision) => revision !== chosen)
        .sort((a, b) => b.weightPercent - a.weightPercent);
      let avoided = 0;
      let wasTried = 0;
      for (const revision of chosen === undefined ? others : [chosen, ...others]) {
        const open = ready(revision).filter((target) => {
          const key = keyOf(target.replicaId, target.address);
          if (tried.has(key)) wasTried += 1;
          else if ((avoidUntil.get(key) ?? 0) > nowMs) avoided += 1;
          else return true;
          return false;
        });
        const target = leastBusy(open);
        if (target !== undefined) return { kind: 'target', target };
      }
      if (wasTried > 0) return { kind: 'exhausted' };
      if (endpoint.revisions.every((revision) => revision.desiredReplicas === 0)) return { kind: 'paused' };
      if (avoided > 0) return { kind: 'wait', waitMs: AVOID_MS };
      return isComing(endpoint, now) ? { kind: 'wait', waitMs: WAIT_MS } : { kind: 'down' };
    },
    begin(target) {
      const key = keyOf(target.replicaId, target.address);
      inFlight.set(key, (inFlight.get(key) ?? 0) + 1);
      total += 1;
    },
    end(target) {
      const key = keyOf(target.replicaId, target.address);
      const left = (inFlight.get(key) ?? 1) - 1;
      if (left > 0) inFlight.set(key, left);
      else inFlight.delete(key);
      total -= 1;
    },
    avoid(target, nowMs) {
      for (const [key, until] of avoidUntil) if (until <= nowMs) avoidUntil.delete(key);
      avoidUntil.set(keyOf(target.replicaId, target.address), nowMs + AVOID_MS);
    },
    inFlight: () => total,
  };
}

/** targetKey names a target in a request's `tried` set. */
export const targetKey = (target: Target) => keyOf(target.replicaId, target.address);

/** SOON_MS: a failed replica that is started again within this time is worth waiting for. */
const SOON_MS = 5_000;

/** isComing says whether a replica may become ready soon without anybody doing something. */
function isComing(endpoint: GatewayEndpoint, now: Date): boolean {
  const isSoon = ({ status, nextAttemptAt }: GatewayReplica) =>
    status !== 'failed' || (nextAttemptAt !== null && nextAttemptAt.getTime() - now.getTime() < SOON_MS);
  return endpoint.revisions.some(
    ({ desiredReplicas, replicas }) =>
      desiredReplicas > 0 && (replicas.length < desiredReplicas || replicas.some(isSoon)),
  );
}
