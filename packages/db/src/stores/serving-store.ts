import { type Condition, conditionSchema, type Status, statusSchema } from '@slipway/domain';
import { ggufMetadataSchema, type ServedTask, servedTask } from '@slipway/domain/registry';
import { type ReplicaState, revisionView } from '@slipway/domain/serving';
import type { Prisma } from '../generated/client.ts';
import { lockKey } from '../locks.ts';
import type { Tx } from '../transaction.ts';

const ENDPOINT = {
  include: {
    team: { select: { slug: true } },
    flavor: { select: { name: true } },
    revisions: {
      include: { version: { include: { model: { include: { team: { select: { slug: true } } } } } } },
      orderBy: { number: 'desc' },
    },
    replicas: { orderBy: [{ revisionId: 'asc' }, { ordinal: 'asc' }] },
  },
} satisfies Prisma.EndpointDefaultArgs;
type EndpointRow = Prisma.EndpointGetPayload<typeof ENDPOINT>;

/** RevisionRecord is one immutable configuration; only role, weightPercent and replicas change. */
export interface RevisionRecord {
  id: string;
  number: number;
  role: 'stable' | 'canary' | 'retired';
  weightPercent: number;
  versionId: string;
  versionLabel: string;
  task: ServedTask;
  replicas: number;
  slotsPerReplica: number;
  contextTokens: number;
  maxConcurrency: number;
  systemMessage: string | null;
  createdBy: string;
  createdAt: Date;
}
/** EndpointRecord is an endpoint with its revisions, newest first, and its replicas. */
export interface EndpointRecord {
  id: string;
  teamId: string;
  teamSlug: string;
  name: string;
  template: string;
  templateVersion: string;
  visibility: 'team' | 'organisation';
  flavorId: string;
  flavorName: string;
  generation: number;
  observedGeneration: number;
  status: Status;
  condition: Condition | null;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  revisions: RevisionRecord[];
  replicas: ReplicaState[];
}

const readableBy = (teamId: string) => ({ deletedAt: null, OR: [{ teamId }, { visibility: 'organisation' }] });

/** lockEndpoints makes changes to a team's endpoints happen one after the other, so that names stay unique and changes do not cross. */
export function lockEndpoints(tx: Tx, teamId: string): Promise<void> {
  return lockKey(tx, `endpoints:${teamId}`);
}

/** findOwnEndpoint reads a team's endpoint by name: one that the team may change. */
export async function findOwnEndpoint(tx: Tx, teamId: string, name: string): Promise<EndpointRecord | null> {
  const row = await tx.endpoint.findFirst({ where: { teamId, name, deletedAt: null }, ...ENDPOINT });
  return row === null ? null : toEndpoint(row);
}

/** findReadableEndpoint reads an endpoint by name: the team's own, else one shared with everybody. */
export async function findReadableEndpoint(tx: Tx, teamId: string, name: string): Promise<EndpointRecord | null> {
  const own = await findOwnEndpoint(tx, teamId, name);
  if (own !== null) return own;
  const row = await tx.endpoint.findFirst({
    where: { name, ...readableBy(teamId) },
    orderBy: { createdAt: 'asc' },
    ...ENDPOINT,
  });
  return row === null ? null : toEndpoint(row);
}

/** listReadableEndpoints reads a team's endpoints and those shared with everybody, by name. */
export async function listReadableEndpoints(
  tx: Tx,
  filter: { teamId: string; search?: string | undefined; status?: Status | undefined },
): Promise<EndpointRecord[]> {
  const { teamId, search, status } = filter;
  const rows = await tx.endpoint.findMany({
    where: {
      ...readableBy(teamId),
      ...(status ? { status } : {}),
      ...(search ? { name: { contains: search, mode: 'insensitive' } } : {}),
    },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    ...ENDPOINT,
  });
  return rows.map(toEndpoint);
}

/** NewRevision is a revision to add. */
export type NewRevision = Omit<RevisionRecord, 'number' | 'versionLabel' | 'task'>;
/** NewEndpoint is an endpoint to add. */
export interface NewEndpoint {
  id: string;
  teamId: string;
  name: string;
  template: string;
  templateVersion: string;
  visibility: 'team' | 'organisation';
  flavorId: string;
  condition: Condition;
  createdBy: string;
  now: Date;
}

/** insertEndpoint adds an endpoint with its first revision. */
export async function insertEndpoint(tx: Tx, endpoint: NewEndpoint, revision: NewRevision): Promise<EndpointRecord> {
  const { now, ...rest } = endpoint;
  const row = await tx.endpoint.create({
    data: { ...rest, createdAt: now, updatedAt: now, revisions: { create: { ...revision, number: 1 } } },
    ...ENDPOINT,
  });
  return toEndpoint(row);
}

/** insertRevision adds the endpoint's next revision; call it under lockEndpoints. */
export async function insertRevision(tx: Tx, endpointId: string, revision: NewRevision): Promise<void> {
  const last = await tx.revision.aggregate({ where: { endpointId }, _max: { number: true } });
  await tx.revision.create({ data: { ...revision, endpointId, number: (last._max.number ?? 0) + 1 } });
}

/** updateRevision writes what may change of a revision. */
export async function updateRevision(
  tx: Tx,
  change: Pick<RevisionRecord, 'id' | 'role' | 'weightPercent' | 'replicas'>,
): Promise<void> {
  const { id, role, weightPercent, replicas } = change;
  await tx.revision.update({ where: { id }, data: { role, weightPercent, replicas } });
}

/** saveDesiredChange marks an endpoint as changed: a new generation for its controller, and what it is doing in words. */
export async function saveDesiredChange(
  tx: Tx,
  endpointId: string,
  change: { now: Date; progress?: { status: Status; condition: Condition } | undefined },
): Promise<EndpointRecord> {
  const row = await tx.endpoint.update({
    where: { id: endpointId },
    data: { generation: { increment: 1 }, updatedAt: change.now, ...(change.progress ?? {}) },
    ...ENDPOINT,
  });
  return toEndpoint(row);
}

/** markEndpointDeleted leaves an endpoint to its controller to tear down; its name is free at once. */
export async function markEndpointDeleted(tx: Tx, endpointId: string, now: Date): Promise<void> {
  await tx.endpoint.update({
    where: { id: endpointId },
    data: { deletedAt: now, updatedAt: now, generation: { increment: 1 } },
  });
}

function toEndpoint(row: EndpointRow): EndpointRecord {
  return {
    id: row.id,
    teamId: row.teamId,
    teamSlug: row.team.slug,
    name: row.name,
    template: row.template,
    templateVersion: row.templateVersion,
    visibility: row.visibility === 'organisation' ? 'organisation' : 'team',
    flavorId: row.flavorId,
    flavorName: row.flavor.name,
    generation: row.generation,
    observedGeneration: row.observedGeneration,
    status: statusSchema.parse(row.status),
    condition: toCondition(row.condition),
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    revisions: row.revisions.map(toRevision),
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

function toRevision({ version, endpointId: _, role, ...row }: EndpointRow['revisions'][number]): RevisionRecord {
  return {
    ...row,
    role: revisionView.shape.role.parse(role),
    versionLabel: `${version.model.team.slug}/${version.model.name}:${version.version}`,
    task: servedTask(ggufMetadataSchema.nullable().parse(version.metadata)),
  };
}

function toCondition(value: Prisma.JsonValue): Condition | null {
  return value === null ? null : conditionSchema.parse(value);
}
