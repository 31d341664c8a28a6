import { type Condition, conditionSchema, type Status, statusSchema } from '@slipway/domain';
import {
  type GgufMetadata,
  ggufMetadataSchema,
  lineageView,
  type VersionView,
  versionView,
} from '@slipway/domain/registry';
import type { Prisma } from '../generated/client.ts';
import { lockKey } from '../locks.ts';
import type { Tx } from '../transaction.ts';

const SOURCE_KIND = versionView.shape.source.shape.kind;
const VERSION_WITH_MODEL = {
  model: { select: { name: true, teamId: true, team: { select: { slug: true } } } },
} as const;
type VersionRow = Prisma.ModelVersionGetPayload<{ include: typeof VERSION_WITH_MODEL }>;

/** ModelRecord is a named line of versions. */
export interface ModelRecord {
  id: string;
  teamId: string;
  teamSlug: string;
  name: string;
  description: string;
  visibility: 'team' | 'organisation';
  createdAt: Date;
  updatedAt: Date;
  versionCount: number;
}
/** VersionRecord is one version without the secrets of its source. */
export interface VersionRecord {
  id: string;
  modelId: string;
  modelName: string;
  teamId: string;
  teamSlug: string;
  version: number;
  /** label is `team/model:version`. */
  label: string;
  status: Status;
  condition: Condition | null;
  digest: string | null;
  sizeBytes: number | null;
  transferredBytes: number;
  totalBytes: number | null;
  metadata: GgufMetadata | null;
  licence: string | null;
  source: { kind: VersionView['source']['kind']; address: string };
  expectedDigest: string | null;
  lineage: VersionView['lineage'];
  createdBy: string;
  createdAt: Date;
}

// A cancelled import turned out to be bytes that the model already had: no version of its own.
const NOT_CANCELLED = { status: { not: 'cancelled' } };
/** readableBy is the versions' and models' filter: the team's own, and those shared with everybody. */
const readableBy = (teamId: string) => ({ OR: [{ teamId }, { visibility: 'organisation' }] });

/** lockModel makes registrations under one model name happen one after the other. */
export function lockModel(tx: Tx, teamId: string, name: string): Promise<void> {
  return lockKey(tx, `model:${teamId}:${name}`);
}

/** lockArtifact keeps a digest's file from being removed while a row that points to it is written, and the other way round. */
export function lockArtifact(tx: Tx, digest: string): Promise<void> {
  return lockKey(tx, `artifact:${digest}`);
}

/** findReadableModel reads a model by name: the team's own, else one shared with everybody. */
export async function findReadableModel(tx: Tx, teamId: string, name: string): Promise<ModelRecord | null> {
  const rows = await tx.model.findMany({
    where: { name, ...readableBy(teamId) },
    include: { team: { select: { slug: true } }, _count: { select: { versions: { where: NOT_CANCELLED } } } },
    orderBy: { createdAt: 'asc' },
  });
  const row = rows.find((model) => model.teamId === teamId) ?? rows[0];
  return row === undefined ? null : toModel(row);
}

/** listReadableModels reads the team's models and those shared with everybody, the last changed first. */
export async function listReadableModels(
  tx: Tx,
  filter: { teamId: string; search?: string | undefined },
): Promise<(ModelRecord & { latest: VersionRecord | null })[]> {
  const contains = { contains: filter.search ?? '', mode: 'insensitive' } as const;
  const rows = await tx.model.findMany({
    where: {
      AND: [readableBy(filter.teamId), filter.search ? { OR: [{ name: contains }, { description: contains }] } : {}],
    },
    include: {
      team: { select: { slug: true } },
      _count: { select: { versions: { where: NOT_CANCELLED } } },
      versions: { where: NOT_CANCELLED, orderBy: { version: 'desc' }, take: 1, include: VERSION_WITH_MODEL },
    },
    orderBy: [{ updatedAt: 'desc' }, { id: 'asc' }],
  });
  return rows.map((row) => ({ ...toModel(row), latest: row.versions[0] ? toVersion(row.versions[0]) : null }));
}

/** ensureModel reads a team's model and makes it if missing; call it under lockModel. */
export async function ensureModel(
  tx: Tx,
  model: { id: string; teamId: string; name: string; description?: string | undefined; now: Date },
): Promise<{ id: string }> {
  const { id, teamId, name, description, now } = model;
  return tx.model.upsert({
    where: { teamId_name: { teamId, name } },
    create: { id, teamId, name, description: description ?? '', createdAt: now, updatedAt: now },
    update: { updatedAt: now, ...(description ? { description } : {}) },
    select: { id: true },
  });
}

/** listVersions reads a model's versions, newest first. */
export async function listVersions(tx: Tx, modelId: string): Promise<VersionRecord[]> {
  const rows = await tx.modelVersion.findMany({
    where: { modelId },
    include: VERSION_WITH_MODEL,
    orderBy: { version: 'desc' },
  });
  return rows.map(toVersion);
}

/** listReadyVersions reads what a team can deploy or train from, newest first. */
export async function listReadyVersions(tx: Tx, teamId: string): Promise<VersionRecord[]> {
  const rows = await tx.modelVersion.findMany({
    where: { status: 'ready', model: readableBy(teamId) },
    include: VERSION_WITH_MODEL,
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  });
  return rows.map(toVersion);
}

/** findReadableVersion reads a version of the team's own models or of those shared with everybody. */
export async function findReadableVersion(tx: Tx, teamId: string, id: string): Promise<VersionRecord | null> {
  const row = await tx.modelVersion.findFirst({
    where: { id, model: readableBy(teamId) },
    include: VERSION_WITH_MODEL,
  });
  return row === null ? null : toVersion(row);
}

/** findOwnVersion reads a version of the team's own models only: those that the team may change. */
export async function findOwnVersion(tx: Tx, teamId: string, id: string): Promise<VersionRecord | null> {
  const row = await tx.modelVersion.findFirst({ where: { id, model: { teamId } }, include: VERSION_WITH_MODEL });
  return row === null ? null : toVersion(row);
}

/** findVersionById reads a version of any team; only for the platform itself. */
export async function findVersionById(tx: Tx, id: string): Promise<VersionRecord | null> {
  const row = await tx.modelVersion.findUnique({ where: { id }, include: VERSION_WITH_MODEL });
  return row === null ? null : toVersion(row);
}

/** findVersionByDigest reads the version of a model that has these bytes. */
export async function findVersionByDigest(tx: Tx, modelId: string, digest: string): Promise<VersionRecord | null> {
  const row = await tx.modelVersion.findFirst({ where: { modelId, digest }, include: VERSION_WITH_MODEL });
  return row === null ? null : toVersion(row);
}

/** NewVersion is a version whose bytes are still to come. */
export interface NewVersion {
  id: string;
  modelId: string;
  sourceKind: VersionRecord['source']['kind'];
  sourceAddress: string;
  sourceSecret: Record<string, unknown>;
  expectedDigest: string | null;
  licence: string | null;
  createdBy: string;
  now: Date;
}

/** insertVersion adds the model's next version; call it under lockModel. */
export async function insertVersion(tx: Tx, input: NewVersion): Promise<VersionRecord> {
  const last = await tx.modelVersion.aggregate({ where: { modelId: input.modelId }, _max: { version: true } });
  const { now, sourceSecret, ...rest } = input;
  const row = await tx.modelVersion.create({
    data: {
      ...rest,
      version: (last._max.version ?? 0) + 1,
      sourceSecret: sourceSecret as Prisma.InputJsonObject,
      createdAt: now,
    },
    include: VERSION_WITH_MODEL,
  });
  return toVersion(row);
}

/** VersionUse is what stands in the way of deleting a version. */
export interface VersionUse {
  endpoints: { id: string; name: string; isEnding: boolean }[];
  runs: { id: string; name: string }[];
}

/** findVersionUse reads which endpoints have a revision of this version (living ones, and those whose processes are still ending), and which runs were trained from it. */
export async function findVersionUse(tx: Tx, versionId: string): Promise<VersionUse> {
  const endpoints = await tx.endpoint.findMany({
    where: { revisions: { some: { versionId } }, OR: [{ deletedAt: null }, { replicas: { some: {} } }] },
    select: { id: true, name: true, deletedAt: true },
    orderBy: { name: 'asc' },
  });
  const runs = await tx.trainingRun.findMany({
    where: { baseVersionId: versionId },
    select: { id: true, name: true },
    orderBy: { createdAt: 'asc' },
  });
  return {
    endpoints: endpoints.map(({ deletedAt, ...endpoint }) => ({ ...endpoint, isEnding: deletedAt !== null })),
    runs,
  };
}

/** listServingEndpoints reads the endpoints that a team can see and that give this version traffic or replicas now. */
export async function listServingEndpoints(
  tx: Tx,
  teamId: string,
  versionId: string,
): Promise<{ id: string; name: string }[]> {
  return tx.endpoint.findMany({
    where: {
      deletedAt: null,
      revisions: { some: { versionId, role: { in: ['stable', 'canary'] } } },
      ...readableBy(teamId),
    },
    select: { id: true, name: true },
    orderBy: { name: 'asc' },
  });
}

/** listDerivedVersions reads the versions that runs made from this one, as far as the team can see them. */
export async function listDerivedVersions(
  tx: Tx,
  teamId: string,
  versionId: string,
): Promise<{ id: string; label: string }[]> {
  const rows = await tx.modelVersion.findMany({
    where: { lineage: { path: ['baseVersionId'], equals: versionId }, model: readableBy(teamId) },
    include: VERSION_WITH_MODEL,
    orderBy: { createdAt: 'asc' },
  });
  return rows.map(toVersion).map(({ id, label }) => ({ id, label }));
}

/** deleteVersion removes a version, and with it what is left of deleted endpoints that served it. */
export async function deleteVersion(tx: Tx, versionId: string): Promise<void> {
  await tx.endpoint.deleteMany({ where: { deletedAt: { not: null }, revisions: { some: { versionId } } } });
  await tx.modelVersion.delete({ where: { id: versionId } });
}

/** isDigestUsed says whether any version or data set still has these bytes. */
export async function isDigestUsed(tx: Tx, digest: string): Promise<boolean> {
  const versions = await tx.modelVersion.count({ where: { digest } });
  return versions > 0 || (await tx.dataset.count({ where: { digest } })) > 0;
}

/** StarterRecord is how far a starter model is. */
export interface StarterRecord {
  name: string;
  status: Status;
  message: string;
  transferredBytes: number;
  totalBytes: number | null;
  versionId: string | null;
  endpointName: string | null;
}

/** listStarterModels reads how far the starter models are. */
export async function listStarterModels(tx: Tx): Promise<StarterRecord[]> {
  const rows = await tx.starterModel.findMany({ orderBy: { name: 'asc' } });
  return rows.map(({ updatedAt: _, ...row }) => ({
    ...row,
    status: statusSchema.parse(row.status),
    transferredBytes: Number(row.transferredBytes),
    totalBytes: row.totalBytes === null ? null : Number(row.totalBytes),
  }));
}

function toModel(row: {
  id: string;
  teamId: string;
  team: { slug: string };
  name: string;
  description: string;
  visibility: string;
  createdAt: Date;
  updatedAt: Date;
  _count: { versions: number };
}): ModelRecord {
  return {
    id: row.id,
    teamId: row.teamId,
    teamSlug: row.team.slug,
    name: row.name,
    description: row.description,
    visibility: row.visibility === 'organisation' ? 'organisation' : 'team',
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    versionCount: row._count.versions,
  };
}

function toVersion(row: VersionRow): VersionRecord {
  const number = (value: bigint | null) => (value === null ? null : Number(value));
  return {
    id: row.id,
    modelId: row.modelId,
    modelName: row.model.name,
    teamId: row.model.teamId,
    teamSlug: row.model.team.slug,
    version: row.version,
    label: `${row.model.team.slug}/${row.model.name}:${row.version}`,
    status: statusSchema.parse(row.status),
    condition: row.condition === null ? null : conditionSchema.parse(row.condition),
    digest: row.digest,
    sizeBytes: number(row.sizeBytes),
    transferredBytes: Number(row.transferredBytes),
    totalBytes: number(row.totalBytes),
    metadata: row.metadata === null ? null : ggufMetadataSchema.parse(row.metadata),
    licence: row.licence,
    source: { kind: SOURCE_KIND.parse(row.sourceKind), address: row.sourceAddress },
    expectedDigest: row.expectedDigest,
    lineage: row.lineage === null ? null : lineageView.parse(row.lineage),
    createdBy: row.createdBy,
    createdAt: row.createdAt,
  };
}
