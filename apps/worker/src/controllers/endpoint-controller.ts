import type { ClusterDriver, WorkloadSpec, WorkloadState } from '@slipway/cluster';
import {
  type ArtifactStore,
  type ControlledEndpoint,
  type Database,
  findControlledEndpoint,
  publish,
  saveEndpointStatus,
  saveReplicas,
  withTransaction,
} from '@slipway/db';
import { replicaKey } from '@slipway/domain/catalog';
import {
  type ObservedWorkload,
  planReplicas,
  type ReplicaAction,
  type ReplicaState,
  summariseEndpoint,
  waitingReplica,
} from '@slipway/domain/serving';
import { findTemplate } from '@slipway/templates';
import { describeError } from '../telemetry/log.ts';
import type { LogWriter } from './log-writer.ts';
import { quotaWarning } from './quota-warning.ts';
import type { WorkloadOwners } from './workload-owners.ts';

/** RETRY_WAITING_MS: a replica that waits is tried again when slots come free; this is for what has no signal. */
const RETRY_WAITING_MS = 10_000;

/** EndpointController brings the processes of endpoints to what their rows ask for. */
export interface EndpointController {
  /** reconcile looks at one endpoint; it tells whether anything had to change, and when to look again. */
  reconcile(endpointId: string): Promise<{ isChanged: boolean; wakeAt: Date | null }>;
  /** waiting are the endpoints with a replica that the cluster has no room for. */
  waiting(): string[];
}

/** EndpointControllerOptions is what the controller acts through. */
export interface EndpointControllerOptions {
  db: Database;
  driver: ClusterDriver;
  artifacts: ArtifactStore;
  logWriter: LogWriter;
  owners: WorkloadOwners;
  now: () => Date;
  /** onRemoved is called when a workload is gone, so that its row goes too. */
  onRemoved: (endpointId: string) => void;
}

/** createEndpointController makes the controller; it keeps no state but which endpoints wait. */
export function createEndpointController(options: EndpointControllerOptions): EndpointController {
  const waiting = new Set<string>();

  return {
    waiting: () => [...waiting],
    async reconcile(endpointId) {
      const { db, driver, now } = options;
      // 1. What is wanted, and what there is.
      const endpoint = await findControlledEndpoint(db.prisma, endpointId);
      if (endpoint === null) return { isChanged: false, wakeAt: null };
      const workloads = observe(endpoint, await driver.list());
      const plan = planReplicas({
        isDeleted: endpoint.isDeleted,
        revisions: endpoint.revisions,
        replicas: endpoint.replicas,
        workloads,
        now: now(),
      });
      // 2. Starts first, since what cannot start is written as waiting.
      const replicas = new Map(plan.replicas.map((replica) => [replica.id, replica]));
      waiting.delete(endpointId);
      for (const action of plan.actions) {
        if (action.kind !== 'ensure') continue;
        const waitsFor = await start(options, endpoint, action);
        const replica = replicas.get(action.replicaId);
        if (waitsFor === null || replica === undefined) continue;
        waiting.add(endpointId);
        const before = endpoint.replicas.find((row) => row.id === replica.id) ?? replica;
        replicas.set(replica.id, waitingReplica({ ...replica, condition: before.condition }, waitsFor, now()));
      }
      // 3. What is known is written and published before any process is told to end.
      const after = [...replicas.values()];
      const isChanged = await save(options, endpoint, after);
      const isActed =
        plan.actions.length > 0 && !(plan.actions.every((a) => a.kind === 'ensure') && waiting.has(endpointId));
      // 4. Ends, which nobody waits for here: the exit is a signal of its own.
      for (const action of plan.actions) if (action.kind === 'remove') remove(options, endpoint, action);
      const retryAt = waiting.has(endpointId) ? new Date(now().getTime() + RETRY_WAITING_MS) : null;
      return { isChanged: isChanged || isActed, wakeAt: earliest(plan.wakeAt, retryAt) };
    },
  };
}

function observe(endpoint: ControlledEndpoint, states: readonly WorkloadState[]): ObservedWorkload[] {
  const prefixes = endpoint.revisions.map((revision) => replicaKey(`${revision.id}-`));
  return states
    .filter((state) => prefixes.some((prefix) => state.key.startsWith(prefix)))
    .map((state) => ({
      key: state.key.slice(replicaKey('').length),
      phase: state.phase,
      address: state.address,
      message: state.lastError ?? '',
    }));
}

/** start asks the driver to run a replica; it tells what the replica waits for, or null. */
async function start(
  options: EndpointControllerOptions,
  endpoint: ControlledEndpoint,
  action: Extract<ReplicaAction, { kind: 'ensure' }>,
): Promise<string | null> {
  try {
    const rendered = render(options, endpoint, action);
    if ('waitsFor' in rendered) return rendered.waitsFor;
    const source = replicaSource(endpoint, action.replicaId);
    options.owners.set(rendered.spec.key, {
      ownerKind: 'endpoint',
      ownerId: endpoint.id,
      teamId: endpoint.teamId,
      source,
    });
    const result = await options.driver.ensure(rendered.spec);
    if (result.result === 'waiting') return result.message;
    if (result.result !== 'unchanged') say(options, endpoint, action.replicaId, `Starting. ${action.reason}`);
    return null;
  } catch (error) {
    return `It could not be started: ${describeError(error)}`;
  }
}

function render(
  options: EndpointControllerOptions,
  endpoint: ControlledEndpoint,
  action: Extract<ReplicaAction, { kind: 'ensure' }>,
): { spec: WorkloadSpec } | { waitsFor: string } {
  const revision = endpoint.revisions.find((one) => one.id === action.revisionId);
  const template = findTemplate(endpoint.template);
  if (template?.kind !== 'serving') return { waitsFor: `waits: there is no serving template "${endpoint.template}".` };
  if (revision === undefined || revision.digest === null)
    return { waitsFor: 'waits for its model version to be imported.' };
  return {
    spec: template.render({
      key: replicaKey(action.replicaId),
      modelPath: options.artifacts.path(revision.digest),
      modelId: endpoint.name,
      modelAliases: [`${endpoint.teamSlug}/${endpoint.name}`],
      contextTokens: revision.contextTokens,
      maxConcurrency: revision.maxConcurrency,
      systemMessage: revision.systemMessage,
      flavor: endpoint.flavor,
      slots: revision.slotsPerReplica,
      params: {},
    }),
  };
}

/** save writes rows and status where they differ from what was read, and tells whether they did. */
async function save(
  options: EndpointControllerOptions,
  endpoint: ControlledEndpoint,
  replicas: readonly ReplicaState[],
): Promise<boolean> {
  const now = options.now();
  const isGone = endpoint.isDeleted && replicas.length === 0;
  const summary = isGone
    ? {
        status: 'cancelled' as const,
        condition: { type: 'Ready', reason: 'Deleted', message: 'Deleted.', since: now.toISOString() },
      }
    : summariseEndpoint({
        isDeleted: endpoint.isDeleted,
        revisions: endpoint.revisions,
        replicas,
        before: endpoint,
        now,
      });
  const warning = await quotaWarning(options.db, endpoint, now);
  const condition = { ...summary.condition, message: summary.condition.message + warning };
  const areSame = JSON.stringify(replicas.toSorted(byId)) === JSON.stringify(endpoint.replicas.toSorted(byId));
  const isSameStatus =
    endpoint.status === summary.status &&
    endpoint.condition?.message === condition.message &&
    endpoint.observedGeneration === endpoint.generation;
  if (areSame && isSameStatus) return false;
  await withTransaction(options.db, async (tx) => {
    await saveReplicas(tx, endpoint.id, { before: endpoint.replicas, after: replicas });
    await saveEndpointStatus(tx, endpoint.id, {
      status: summary.status,
      condition,
      observedGeneration: endpoint.generation,
    });
    // Everybody may look at a shared endpoint, so everybody hears of it.
    const teamId = endpoint.visibility === 'organisation' ? null : endpoint.teamId;
    await publish(tx, { noun: 'serving', id: endpoint.id, teamId });
  });
  for (const replica of replicas) {
    const before = endpoint.replicas.find((row) => row.id === replica.id);
    if (before?.status === replica.status) continue;
    if (replica.status === 'ready') say(options, endpoint, replica.id, 'Ready.');
    if (replica.status === 'failed')
      say(options, endpoint, replica.id, `Failed: ${replica.condition?.message ?? 'no reason given'}`);
  }
  return true;
}

function remove(
  options: EndpointControllerOptions,
  endpoint: ControlledEndpoint,
  action: Extract<ReplicaAction, { kind: 'remove' }>,
): void {
  say(options, endpoint, action.replicaId, `Stopping. ${action.reason}`);
  const { driver, onRemoved } = options;
  // An error of the driver shows as the workload still being there at the next look.
  driver.remove(replicaKey(action.replicaId), { graceSeconds: action.graceSeconds }).then(
    () => onRemoved(endpoint.id),
    () => onRemoved(endpoint.id),
  );
}

function say(options: EndpointControllerOptions, endpoint: ControlledEndpoint, replicaId: string, text: string): void {
  options.logWriter.write({
    ownerKind: 'endpoint',
    ownerId: endpoint.id,
    teamId: endpoint.teamId,
    at: options.now(),
    stream: 'system',
    source: replicaSource(endpoint, replicaId),
    text,
  });
}

/** replicaSource is how a replica is named in logs: `rev<number>/<ordinal>`. */
export function replicaSource(endpoint: Pick<ControlledEndpoint, 'revisions'>, replicaId: string): string {
  const revision = endpoint.revisions.find((one) => replicaId.startsWith(`${one.id}-`));
  return revision === undefined ? replicaId : `rev${revision.number}/${replicaId.slice(revision.id.length + 1)}`;
}

const byId = (a: ReplicaState, b: ReplicaState) => (a.id < b.id ? -1 : 1);

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
