import { randomUUID } from 'node:crypto';
import { type Condition, conditionSchema, statusSchema } from '@slipway/domain';
import { type FlavorKind, flavorKindSchema } from '@slipway/domain/catalog';
import { type GgufMetadata, ggufMetadataSchema } from '@slipway/domain/registry';
import { type RUN_STEPS, type RunState, SLOT_HOLDING_RUN_STATUSES, trainingContract } from '@slipway/domain/training';
import { Prisma } from '../generated/client.ts';
import { lockKey } from '../locks.ts';
import type { Tx } from '../transaction.ts';

const RUN_VIEW = trainingContract.getRun.output.shape;
const DATASET_VIEW = trainingContract.getDataset.output.shape;

/** StoredStep is one visible step of a run, as the row keeps it. */
export interface StoredStep {
  step: (typeof RUN_STEPS)[number];
  status: 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  message: string;
  startedAt: string | null;
  endedAt: string | null;
}

/** ControlledRun is a run as its controller reads it. */
export interface ControlledRun {
  state: RunState;
  teamId: string;
  teamSlug: string;
  name: string;
  template: string;
  templateVersion: string;
  params: Record<string, unknown>;
  outputModel: string;
  outputVersionId: string | null;
  flavor: { name: string; kind: FlavorKind };
  slots: number;
  createdBy: string;
  steps: StoredStep[];
  base: { versionId: string; label: string; digest: string | null; licence: string | null };
  dataset: { id: string; name: string; digest: string; format: 'text' | 'jsonl' };
}

/** findControlledRun reads a run with its base and data set; null means that there is none of this id. */
export async function findControlledRun(client: Tx, id: string): Promise<ControlledRun | null> {
  const row = await client.trainingRun.findUnique({
    where: { id },
    include: {
      team: { select: { slug: true } },
      flavor: { select: { name: true, kind: true } },
      baseVersion: { include: { model: { include: { team: { select: { slug: true } } } } } },
      dataset: true,
    },
  });
  if (row === null) return null;
  const { baseVersion: base, dataset } = row;
  return {
    state: {
      id: row.id,
      status: statusSchema.parse(row.status),
      condition: toCondition(row.condition),
      timeLimitMinutes: row.timeLimitMinutes,
      cancelRequestedAt: row.cancelRequestedAt,
      startedAt: row.startedAt,
      endedAt: row.endedAt,
    },
    teamId: row.teamId,
    teamSlug: row.team.slug,
    name: row.name,
    template: row.template,
    templateVersion: row.templateVersion,
    params: RUN_VIEW.params.parse(row.params),
    outputModel: row.outputModel,
    outputVersionId: row.outputVersionId,
    flavor: { name: row.flavor.name, kind: flavorKindSchema.parse(row.flavor.kind) },
    slots: row.slots,
    createdBy: row.createdBy,
    steps: Array.isArray(row.steps) ? (row.steps as unknown as StoredStep[]) : [],
    base: {
      versionId: base.id,
      label: `${base.model.team.slug}/${base.model.name}:${base.version}`,
      digest: base.digest,
      licence: base.licence,
    },
    dataset: {
      id: dataset.id,
      name: dataset.name,
      digest: dataset.digest,
      format: DATASET_VIEW.format.parse(dataset.format),
    },
  };
}

/** listLiveRunIds are the runs that have not ended. */
export async function listLiveRunIds(client: Tx): Promise<string[]> {
  const rows = await client.trainingRun.findMany({
    where: { status: { in: [...SLOT_HOLDING_RUN_STATUSES] } },
    select: { id: true },
    orderBy: { createdAt: 'asc' },
  });
  return rows.map((row) => row.id);
}

/** saveRunState writes where a run is. */
export async function saveRunState(tx: Tx, state: RunState): Promise<void> {
  const { id, status, condition, startedAt, endedAt } = state;
  await tx.trainingRun.update({
    where: { id },
    data: { status, condition: condition ?? Prisma.DbNull, startedAt, endedAt },
  });
}

/** RunProgress is what a run says of itself; what is left out stays as it was. */
export interface RunProgress {
  steps?: StoredStep[];
  progress?: number;
  trainLoss?: number;
  validationLoss?: number;
  initialValidationLoss?: number;
  tokensPerSecond?: number;
}

/** NewRunMetric is one point of the loss curve. */
export interface NewRunMetric {
  sequence: number;
  at: Date;
  epoch: number;
  iteration: number;
  trainLoss: number | null;
  validationLoss: number | null;
  tokensPerSecond: number | null;
}

/** saveRunProgress writes a batch of what a run said: the newest values, and the points of its curve. */
export async function saveRunProgress(
  tx: Tx,
  runId: string,
  said: { progress: RunProgress; metrics: readonly NewRunMetric[] },
): Promise<void> {
  const { steps, ...values } = said.progress;
  await tx.trainingRun.update({
    where: { id: runId },
    data: { ...values, ...(steps === undefined ? {} : { steps: steps as unknown as Prisma.InputJsonValue }) },
  });
  await tx.runMetric.createMany({ data: said.metrics.map((metric) => ({ runId, ...metric })), skipDuplicates: true });
}

/** TrainedVersion is the file that a run made. */
export interface TrainedVersion {
  run: ControlledRun;
  digest: string;
  sizeBytes: number;
  metadata: GgufMetadata;
  /** codeVersion names the code that trained it. */
  codeVersion: string;
  now: Date;
}

/** TrainedResult is the version that a run ended in; `isNew` is false when these very bytes were a version already. */
export interface TrainedResult {
  versionId: string;
  modelId: string;
  label: string;
  isNew: boolean;
}

/** saveTrainedVersion registers a run's file as the next version of its output model, made if missing, with its lineage. */
export async function saveTrainedVersion(tx: Tx, trained: TrainedVersion): Promise<TrainedResult> {
  const { run } = trained;
  await lockKey(tx, `model:${run.teamId}:${run.outputModel}`);
  const model = await tx.model.upsert({
    where: { teamId_name: { teamId: run.teamId, name: run.outputModel } },
    create: {
      id: randomUUID(),
      teamId: run.teamId,
      name: run.outputModel,
      description: `Fine-tuned from ${run.base.label}.`,
    },
    update: { updatedAt: trained.now },
  });
  const label = (version: number) => `${run.teamSlug}/${model.name}:${version}`;
  const same = await tx.modelVersion.findFirst({
    where: { modelId: model.id, OR: [{ digest: trained.digest }, { runId: run.state.id }] },
  });
  if (same !== null) {
    await tx.trainingRun.update({ where: { id: run.state.id }, data: { outputVersionId: same.id } });
    return { versionId: same.id, modelId: model.id, label: label(same.version), isNew: false };
  }
  const last = await tx.modelVersion.aggregate({ where: { modelId: model.id }, _max: { version: true } });
  const version = (last._max.version ?? 0) + 1;
  const created = await tx.modelVersion.create({
    data: {
      id: randomUUID(),
      modelId: model.id,
      version,
      status: 'ready',
      digest: trained.digest,
      sizeBytes: BigInt(trained.sizeBytes),
      transferredBytes: BigInt(trained.sizeBytes),
      totalBytes: BigInt(trained.sizeBytes),
      metadata: ggufMetadataSchema.parse(trained.metadata),
      licence: run.base.licence,
      sourceKind: 'run',
      sourceAddress: run.name,
      lineage: lineageOf(trained),
      runId: run.state.id,
      createdBy: run.createdBy,
      createdAt: trained.now,
    },
  });
  await tx.trainingRun.update({ where: { id: run.state.id }, data: { outputVersionId: created.id } });
  return { versionId: created.id, modelId: model.id, label: label(version), isNew: true };
}

function lineageOf({ run, codeVersion }: TrainedVersion): Prisma.InputJsonObject {
  return {
    runId: run.state.id,
    runName: run.name,
    baseVersionId: run.base.versionId,
    baseLabel: run.base.label,
    datasetId: run.dataset.id,
    datasetName: run.dataset.name,
    datasetDigest: run.dataset.digest,
    templateId: run.template,
    templateVersion: run.templateVersion,
    params: run.params as Prisma.InputJsonObject,
    codeVersion,
  };
}

function toCondition(value: Prisma.JsonValue): Condition | null {
  return value === null ? null : conditionSchema.parse(value);
}
