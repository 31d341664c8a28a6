import { conflict } from '../kernel/errors.ts';

/** RolloutRevision is the part of a revision that a rollout looks at and changes. */
export interface RolloutRevision {
  id: string;
  role: 'stable' | 'canary' | 'retired';
  weightPercent: number;
  replicas: number;
  versionId: string;
  versionLabel: string;
}
/** RevisionChange is what becomes of one revision. */
export interface RevisionChange {
  id: string;
  role: RolloutRevision['role'];
  weightPercent: number;
  replicas: number;
}
/** RolloutPair is the two revisions of a running rollout. */
export interface RolloutPair {
  stable: RolloutRevision;
  canary: RolloutRevision;
}

const WHOLE = 100;

/** decideStart says whether a version may become a canary, and what the stable revision's share is then. */
export function decideStart(input: {
  revisions: readonly RolloutRevision[];
  version: { id: string; label: string };
  percent: number;
}): { stable: RevisionChange; canaryPercent: number } {
  const { revisions, version, percent } = input;
  const running = revisions.find((revision) => revision.role === 'canary');
  if (running) throw conflict(`A canary with ${running.versionLabel} is running: promote it or roll it back first.`);
  const stable = stableOf(revisions);
  if (stable.versionId === version.id)
    throw conflict(`${version.label} is what the endpoint serves already.`, 'versionId');
  if (stable.replicas === 0) throw conflict('The endpoint is scaled to 0: scale it up before starting a canary.');
  return { stable: { ...changeOf(stable), weightPercent: WHOLE - percent }, canaryPercent: percent };
}

/** decideShift gives the canary another share and the stable revision the rest. */
export function decideShift({ stable, canary }: RolloutPair, percent: number): RevisionChange[] {
  return [
    { ...changeOf(stable), weightPercent: WHOLE - percent },
    { ...changeOf(canary), weightPercent: percent },
  ];
}

/** decidePromotion makes the canary stable with all traffic and at least the stable revision's number of replicas, once it can answer. */
export function decidePromotion({ stable, canary }: RolloutPair, canaryReadyReplicas: number): RevisionChange[] {
  if (canaryReadyReplicas === 0) {
    throw conflict(
      'The canary has no ready replica: promoting it now would answer nobody. Wait until it is ready, or roll it back.',
    );
  }
  const replicas = Math.max(stable.replicas, canary.replicas);
  return [
    { id: canary.id, role: 'stable', weightPercent: WHOLE, replicas },
    { id: stable.id, role: 'retired', weightPercent: 0, replicas: stable.replicas },
  ];
}

/** decideRollback gives all traffic back to the stable revision and retires the canary. */
export function decideRollback({ stable, canary }: RolloutPair): RevisionChange[] {
  return [
    { ...changeOf(stable), weightPercent: WHOLE },
    { id: canary.id, role: 'retired', weightPercent: 0, replicas: canary.replicas },
  ];
}

/** requirePair answers the two revisions of the running rollout. Throws a conflict when none is running. */
export function requirePair(revisions: readonly RolloutRevision[]): RolloutPair {
  const canary = revisions.find((revision) => revision.role === 'canary');
  if (canary === undefined) throw conflict('No canary is running on this endpoint.');
  return { stable: stableOf(revisions), canary };
}

function stableOf(revisions: readonly RolloutRevision[]): RolloutRevision {
  const stable = revisions.find((revision) => revision.role === 'stable');
  if (stable === undefined) throw conflict('The endpoint has no stable revision.');
  return stable;
}

function changeOf({ id, role, weightPercent, replicas }: RolloutRevision): RevisionChange {
  return { id, role, weightPercent, replicas };
}
