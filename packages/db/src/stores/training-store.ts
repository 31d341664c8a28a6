import { type Condition, conditionSchema, type PagePosition, type Status, statusSchema } from '@slipway/domain';
import { trainingContract } from '@slipway/domain/training';
import type { Prisma } from '../generated/client.ts';
import { lockKey } from '../locks.ts';
import type { Tx } from '../transaction.ts';

const VIEW = trainingContract.getRun.output.shape;
const DATASET_VIEW = trainingContract.getDataset.output.shape;
const VERSION = { include: { model: { include: { team: { select: { slug: true } } } } } } as const;
const RUN = {
  include: {
    team: { select: { slug: true } },
    flavor: { select: { name: true } },
    dataset: { select: { name: true } },
    baseVersion: VERSION,
  },
} satisfies Prisma.TrainingRunDefaultArgs;
type RunRow = Prisma.TrainingRunGetPayload<typeof RUN>;

/** DatasetRecord is text to train on; its bytes are the artifact `digest`. */
export interface DatasetRecord {
  id: string;
  teamId: string;
  name: string;
  format: 'text' | 'jsonl';
  digest: string;
  sizeBytes: number;
  lineCount: number;
  preview: string[];
  createdBy: string;
  createdAt: Date;
}
/** RunRecord is a training run with the names of what it was made from and of what it made. */
export interface RunRecord {
  id: string;
  teamId: string;
  teamSlug: string;
  name: string;
  template: string;
  templateVersion: string;
  params: Record<string, unknown>;
  baseVersionId: string;
  baseLabel: string;
  datasetId: string;
  datasetName: string;
  outputModel: string;
  outputVersionId: string | null;
  outputLabel: string | null;
  flavorId: string;
  flavorName: string;
  slots: number;
  timeLimitMinutes: number;
  status: Status;
  condition: Condition | null;
  cancelRequestedAt: Date | null;
  steps: unknown;
  progress: number;
  trainLoss: number | null;
  validationLoss: number | null;
  initialValidationLoss: number | null;
  tokensPerSecond: number | null;
  costPicos: bigint;
  createdBy: string;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

/** lockTraining makes data sets and runs of a team come one after the other, so that names stay unique. */
export function lockTraining(tx: Tx, teamId: string): Promise<void> {
  return lockKey(tx, `training:${teamId}`);
}

/** listDatasetRecords reads a team's data sets, newest first. */
export async function listDatasetRecords(
  tx: Tx,
  filter: { teamId: string; search?: string | undefined },
): Promise<DatasetRecord[]> {
  const rows = await tx.dataset.findMany({
    where: {
      teamId: filter.teamId,
      ...(filter.search ? { name: { contains: filter.search, mode: 'insensitive' } } : {}),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  });
  return rows.map(toDataset);
}

/** findDataset reads a data set of a team by id or name. */
export async function findDataset(
  tx: Tx,
  teamId: string,
  by: { id: string } | { name: string },
): Promise<DatasetRecord | null> {
  const row = await tx.dataset.findFirst({ where: { teamId, ...by } });
  return row === null ? null : toDataset(row);
}

/** insertDataset adds a data set. */
export async function insertDataset(tx: Tx, { sizeBytes, ...dataset }: DatasetRecord): Promise<void> {
  await tx.dataset.create({ data: { ...dataset, sizeBytes: BigInt(sizeBytes) } });
}

/** hasRunNamed says whether a team has a run of that name. */
export async function hasRunNamed(tx: Tx, teamId: string, name: string): Promise<boolean> {
  return (await tx.trainingRun.count({ where: { teamId, name } })) > 0;
}

/** findRun reads a run of a team. */
export async function findRun(tx: Tx, teamId: string, id: string): Promise<RunRecord | null> {
  const row = await tx.trainingRun.findFirst({ where: { id, teamId }, ...RUN });
  if (row === null) return null;
  return (await complete(tx, [row]))[0] ?? null;
}

/** RunFilter picks a page of runs, newest first. */
export interface RunFilter {
  teamId: string;
  status?: Status | undefined;
  search?: string | undefined;
  after: PagePosition | null;
  limit: number;
}

/** listRunRecords reads a page of a team's runs. */
export async function listRunRecords(tx: Tx, filter: RunFilter): Promise<RunRecord[]> {
  const { teamId, status, search, after, limit } = filter;
  const contains = { contains: search ?? '', mode: 'insensitive' } as const;
  const rows = await tx.trainingRun.findMany({
    where: {
      teamId,
      ...(status ? { status } : {}),
      AND: [
        search ? { OR: [{ name: contains }, { outputModel: contains }] } : {},
        after ? { OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }] } : {},
      ],
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit,
    ...RUN,
  });
  return complete(tx, rows);
}

/** NewRun is a run to add. */
export interface NewRun {
  id: string;
  teamId: string;
  name: string;
  template: string;
  templateVersion: string;
  params: Record<string, unknown>;
  baseVersionId: string;
  datasetId: string;
  outputModel: string;
  flavorId: string;
  slots: number;
  timeLimitMinutes: number;
  condition: Condition;
  createdBy: string;
  createdAt: Date;
}

/** insertRun adds a pending run. */
export async function insertRun(tx: Tx, run: NewRun): Promise<void> {
  await tx.trainingRun.create({ data: { ...run, params: run.params as Prisma.InputJsonObject } });
}

/** requestCancel marks a run that has not ended as to be cancelled; false when it has ended. */
export async function requestCancel(tx: Tx, id: string, request: { at: Date; condition: Condition }): Promise<boolean> {
  const { count } = await tx.trainingRun.updateMany({
    where: { id, status: { in: ['pending', 'starting', 'running'] } },
    data: { cancelRequestedAt: request.at, condition: request.condition },
  });
  return count === 1;
}

/** RunMetricRecord is one point of the loss curve; null is not measured at this point. */
export interface RunMetricRecord {
  sequence: number;
  at: Date;
  epoch: number;
  iteration: number;
  trainLoss: number | null;
  validationLoss: number | null;
  tokensPerSecond: number | null;
}

/** listRunMetrics reads a run's loss curve from its beginning. */
export async function listRunMetrics(tx: Tx, runId: string): Promise<RunMetricRecord[]> {
  const rows = await tx.runMetric.findMany({ where: { runId }, orderBy: { sequence: 'asc' } });
  return rows.map(({ runId: _, ...row }) => row);
}

/** Adds what has no relation: the cost from the ledger, and the output's label, in one query each. */
async function complete(tx: Tx, rows: readonly RunRow[]): Promise<RunRecord[]> {
  const runIds = rows.map((row) => row.id);
  const versionIds = rows.flatMap((row) => row.outputVersionId ?? []);
  const costs = await tx.slotRecord.groupBy({
    by: ['ownerId'],
    where: { ownerId: { in: runIds } },
    _sum: { costPicos: true },
  });
  const versions = await tx.modelVersion.findMany({ where: { id: { in: versionIds } }, ...VERSION });
  const costOf = new Map(costs.map((cost) => [cost.ownerId, cost._sum.costPicos ?? 0n]));
  const labelOf = new Map(versions.map((version) => [version.id, toLabel(version)]));
  return rows.map((row) => {
    const { team, flavor, dataset, baseVersion, steps, ...run } = row;
    return {
      ...run,
      teamSlug: team.slug,
      flavorName: flavor.name,
      datasetName: dataset.name,
      baseLabel: toLabel(baseVersion),
      params: VIEW.params.parse(row.params),
      status: statusSchema.parse(row.status),
      condition: row.condition === null ? null : conditionSchema.parse(row.condition),
      steps,
      outputLabel: row.outputVersionId === null ? null : (labelOf.get(row.outputVersionId) ?? null),
      costPicos: costOf.get(row.id) ?? 0n,
    };
  });
}

function toLabel(version: { version: number; model: { name: string; team: { slug: string } } }): string {
  return `${version.model.team.slug}/${version.model.name}:${version.version}`;
}

function toDataset(row: Prisma.DatasetGetPayload<object>): DatasetRecord {
  return {
    ...row,
    format: DATASET_VIEW.format.parse(row.format),
    preview: DATASET_VIEW.preview.parse(row.preview),
    sizeBytes: Number(row.sizeBytes),
  };
}
