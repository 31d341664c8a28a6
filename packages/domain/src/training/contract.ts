import { z } from 'zod';
import { mutation, query } from '../kernel/contract.ts';
import {
  conditionSchema,
  countSchema,
  digestSchema,
  idSchema,
  logLineSchema,
  microsSchema,
  nameSchema,
  pageInput,
  pageOf,
  preflightSchema,
  slugSchema,
  statusSchema,
  timeSchema,
} from '../kernel/schemas.ts';

const team = slugSchema;
const datasetView = z.object({
  id: idSchema,
  team: z.string(),
  name: z.string(),
  format: z.enum(['text', 'jsonl']),
  digest: digestSchema,
  sizeBytes: countSchema,
  lineCount: countSchema,
  createdBy: z.string(),
  createdAt: timeSchema,
});
/** launchInput is what a training golden path needs. */
export const launchTrainingInput = z.object({
  team,
  name: slugSchema,
  template: z.string().min(1).max(64),
  baseVersionId: idSchema,
  datasetId: idSchema,
  /** outputModel names the model that gets the new version; it is made if missing. */
  outputModel: slugSchema,
  flavor: z.string().min(1).max(64).default('cpu'),
  slots: z.coerce.number().int().min(1).max(64).default(1),
  timeLimitMinutes: z.coerce
    .number()
    .int()
    .min(1)
    .max(7 * 24 * 60)
    .default(60),
  params: z.record(z.string(), z.unknown()).default({}),
});
/** RUN_STEPS are the visible steps of a fine-tune, in order; those not needed are skipped. */
export const RUN_STEPS = ['dequantise', 'tokenise', 'train', 'save', 'quantise', 'register'] as const;
const stepView = z.object({
  step: z.enum(RUN_STEPS),
  status: statusSchema,
  message: z.string(),
  startedAt: timeSchema.nullable(),
  endedAt: timeSchema.nullable(),
});
const runView = z.object({
  id: idSchema,
  team: z.string(),
  name: z.string(),
  template: z.string(),
  templateVersion: z.string(),
  status: statusSchema,
  condition: conditionSchema.nullable(),
  baseVersionId: idSchema,
  baseLabel: z.string(),
  datasetId: idSchema,
  datasetName: z.string(),
  outputModel: z.string(),
  outputVersionId: idSchema.nullable(),
  outputLabel: z.string().nullable(),
  flavor: z.string(),
  slots: countSchema,
  params: z.record(z.string(), z.unknown()),
  timeLimitMinutes: countSchema,
  /** progress is 0 to 1. */
  progress: z.number().min(0).max(1),
  trainLoss: z.number().nullable(),
  validationLoss: z.number().nullable(),
  initialValidationLoss: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  costMicros: microsSchema,
  createdBy: z.string(),
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  endedAt: timeSchema.nullable(),
});
/** runMetricView is one point of the loss curve; null means not measured at this point. */
export const runMetricView = z.object({
  sequence: countSchema,
  at: timeSchema,
  epoch: z.number(),
  iteration: countSchema,
  trainLoss: z.number().nullable(),
  validationLoss: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
});

/** trainingContract is data sets and training runs. */
export const trainingContract = {
  listDatasets: query({
    access: 'run:read',
    path: '/teams/{team}/datasets',
    summary: "List a team's data sets",
    input: z.object({ team, search: z.string().max(100).optional() }),
    output: z.object({ items: z.array(datasetView) }),
  }),
  getDataset: query({
    access: 'run:read',
    path: '/teams/{team}/datasets/{datasetId}',
    summary: 'Show a data set and its first lines',
    input: z.object({ team, datasetId: idSchema }),
    output: datasetView.extend({ preview: z.array(z.string()) }),
  }),
  createDataset: mutation({
    access: 'run:launch',
    path: '/teams/{team}/datasets',
    summary: 'Make a data set from an upload or from pasted text',
    input: z.object({
      team,
      name: slugSchema,
      source: z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('upload'),
          uploadId: z.string().min(1).max(200),
        }),
        z.object({
          kind: z.literal('text'),
          text: z.string().min(1).max(5_000_000),
        }),
      ]),
    }),
    output: datasetView,
  }),
  preflightTraining: query({
    access: 'run:read',
    method: 'POST',
    path: '/teams/{team}/preflight/run',
    summary: 'Say what a launch would need, take and cost',
    input: launchTrainingInput.partial().extend({ team, params: z.record(z.string(), z.unknown()).optional() }),
    output: preflightSchema,
  }),
  launchTraining: mutation({
    access: 'run:launch',
    path: '/teams/{team}/runs',
    summary: 'Launch a training run',
    input: launchTrainingInput,
    output: runView,
  }),
  listRuns: query({
    access: 'run:read',
    path: '/teams/{team}/runs',
    summary: 'List training runs, newest first',
    input: z.object({
      team,
      status: statusSchema.optional(),
      search: z.string().max(100).optional(),
      ...pageInput,
    }),
    output: pageOf(runView),
  }),
  getRun: query({
    access: 'run:read',
    path: '/teams/{team}/runs/{runId}',
    summary: 'Show a run with its steps',
    input: z.object({ team, runId: idSchema }),
    output: runView.extend({ steps: z.array(stepView) }),
  }),
  getRunMetrics: query({
    access: 'run:read',
    path: '/teams/{team}/runs/{runId}/metrics',
    summary: 'Read the loss curve',
    input: z.object({ team, runId: idSchema }),
    output: z.object({ items: z.array(runMetricView) }),
  }),
  getRunLogs: query({
    access: 'run:read',
    path: '/teams/{team}/runs/{runId}/logs',
    summary: 'Read log lines after a sequence number',
    input: z.object({
      team,
      runId: idSchema,
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(2_000).default(500),
    }),
    output: z.object({ items: z.array(logLineSchema) }),
  }),
  cancelRun: mutation({
    access: 'run:launch',
    path: '/teams/{team}/runs/{runId}/cancel',
    summary: 'Cancel a run',
    input: z.object({ team, runId: idSchema, reason: nameSchema.optional() }),
    output: runView,
  }),
};
