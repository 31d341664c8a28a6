import { type Condition, conditionSchema, type Status, statusSchema } from '@slipway/domain';
import { type FlavorKind, flavorKindSchema } from '@slipway/domain/catalog';
import { type DesiredRevision, type ReplicaState, revisionView } from '@slipway/domain/serving';
import { Prisma } from '../generated/client.ts';
import type { Tx } from '../transaction.ts';

/** ControlledRevision is a revision with all that its replicas are rendered from. */
export interface ControlledRevision extends DesiredRevision {
  slotsPerReplica: number;
  contextTokens: number;
  maxConcurrency: number;
  systemMessage: string | null;
  versionId: string;
  /** digest is null while the version has no bytes yet. */
  digest: string | null;
}

/** ControlledEndpoint is an endpoint as its controller reads it: desired state, and what was last written about it. */
export interface ControlledEndpoint {
  id: string;
  teamId: string;
  teamSlug: string;
  name: string;
  template: string;
  visibility: 'team' | 'organisation';
  flavor: { id: string; name: string; kind: FlavorKind };
  generation: number;
  observedGeneration: number;
  status: Status;
  condition: Condition | null;
  isDeleted: boolean;
  revisions: ControlledRevision[];
  replicas: ReplicaState[];
}

/** findControlledEndpoint reads an endpoint with revisions and replicas; null means that there is none of this id. */
export async function findControlledEndpoint(client: Tx, id: string): Promise<ControlledEndpoint | null> {
  const row = await client.endpoint.findUnique({
    where: { id },
    include: {
      team: { select: { slug: true } },
      flavor: { select: { id: true, name: true, kind: true } },
      revisions: { include: { version: { select: { digest: true } } }, orderBy: { number: 'asc' } },
      replicas: { orderBy: [{ revisionId: 'asc' }, { ordinal: 'asc' }] },
    },
  });
  if (row === null) return null;
  return {
    id: row.id,
    teamId: row.teamId,
    teamSlug: row.team.slug,
    name: row.name,
    template: row.template,
    visibility: row.visibility === 'organisation' ? 'organisation' : 'team',
    flavor: { id: row.flavor.id, name: row.flavor.name, kind: flavorKindSchema.parse(row.flavor.kind) },
    generation: row.generation,
    observedGeneration: row.observedGeneration,
    status: statusSchema.parse(row.status),
    condition: toCondition(row.condition),
    isDeleted: row.deletedAt !== null,
    revisions: row.revisions.map((revision) => ({
      id: revision.id,
      number: revision.number,
      role: revisionView.shape.role.parse(revision.role),
      replicas: revision.replicas,
      slotsPerReplica: revision.slotsPerReplica,
      contextTokens: revision.contextTokens,
      maxConcurrency: revision.maxConcurrency,
      systemMessage: revision.systemMessage,
      versionId: revision.versionId,
      digest: revision.version.digest,
    })),
    replicas: row.replicas.map((replica) => ({
      id: replica.id,
      revisionId: replica.revisionId,
      ordinal: replica.ordinal,
      status: statusSchema.parse(replica.status),
      condition: toCondition(replica.condition),
      address: replica.address,
      restarts: replica.restarts,
      nextAttemptAt: replica.nextAttemptAt,
      startedAt: replica.startedAt,
      readyAt: replica.readyAt,
    })),
  };
}

/** listLiveEndpointIds are those whose replicas somebody must look after: not deleted, or deleted with replicas left. */
export async function listLiveEndpointIds(client: Tx): Promise<string[]> {
  const rows = await client.endpoint.findMany({
    where: { OR: [{ deletedAt: null }, { replicas: { some: {} } }] },
    select: { id: true },
    orderBy: { createdAt: 'asc' },
  });
  return rows.map((row) => row.id);
}

/** findEndpointIdOfReplica is the endpoint that a replica belongs to, or null. */
export async function findEndpointIdOfReplica(client: Tx, replicaId: string): Promise<string | null> {
  const row = await client.replica.findUnique({ where: { id: replicaId }, select: { endpointId: true } });
  return row?.endpointId ?? null;
}

/** saveReplicas makes an endpoint's replica rows be these: changed ones are written, those not among them deleted. */
export async function saveReplicas(
  tx: Tx,
  endpointId: string,
  change: { before: readonly ReplicaState[]; after: readonly ReplicaState[] },
): Promise<void> {
  const before = new Map(change.before.map((replica) => [replica.id, JSON.stringify(replica)]));
  const kept = change.after.map((replica) => replica.id);
  await tx.replica.deleteMany({ where: { endpointId, id: { notIn: kept } } });
  for (const replica of change.after) {
    const isSame = before.get(replica.id) === JSON.stringify(replica);
    if (isSame) continue;
    const { id, revisionId, ordinal, condition, ...rest } = replica;
    const data = { ...rest, condition: condition ?? Prisma.DbNull };
    await tx.replica.upsert({
      where: { id },
      create: { id, endpointId, revisionId, ordinal, ...data },
      update: data,
    });
  }
}

/** saveEndpointStatus writes what the controller observed, for the generation that it looked at. */
export async function saveEndpointStatus(
  tx: Tx,
  id: string,
  seen: { status: Status; condition: Condition; observedGeneration: number },
): Promise<void> {
  await tx.endpoint.update({ where: { id }, data: seen });
}

function toCondition(value: Prisma.JsonValue): Condition | null {
  return value === null ? null : conditionSchema.parse(value);
}
