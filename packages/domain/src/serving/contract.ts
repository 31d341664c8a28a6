import { z } from 'zod';
import { mutation, nothing, query } from '../kernel/contract.ts';
import {
  conditionSchema,
  countSchema,
  idSchema,
  logLineSchema,
  microsSchema,
  preflightSchema,
  slugSchema,
  statusSchema,
  timeSchema,
} from '../kernel/schemas.ts';
import { servedTaskSchema } from '../registry/served-task.ts';
import { systemMessageSchema } from './system-message.ts';

const team = slugSchema;
const endpoint = slugSchema;
// Not coerced: null or an empty text would be 0, and scale down.
const replicas = z.int().min(0).max(32);
/** deployInput is what the LLM endpoint golden path needs. */
export const deployInput = z.object({
  team,
  name: slugSchema,
  template: z.string().min(1).max(64).default('llm-endpoint'),
  versionId: idSchema,
  flavor: z.string().min(1).max(64).default('cpu'),
  replicas: replicas.default(1),
  /** slotsPerReplica is CPU cores, GPUs or MIG instances for each replica. */
  slotsPerReplica: z.coerce.number().int().min(1).max(64).default(1),
  /** contextTokens is the longest prompt plus answer of one request. */
  contextTokens: z.coerce.number().int().min(256).max(131_072).default(2_048),
  /** maxConcurrency is how many requests one replica batches together. */
  maxConcurrency: z.coerce.number().int().min(1).max(128).default(8),
  visibility: z.enum(['team', 'organisation']).default('team'),
  systemMessage: systemMessageSchema.optional(),
});
const replicaView = z.object({
  id: idSchema,
  revision: countSchema,
  ordinal: countSchema,
  status: statusSchema,
  condition: conditionSchema.nullable(),
  address: z.string().nullable(),
  restarts: countSchema,
  startedAt: timeSchema.nullable(),
  readyAt: timeSchema.nullable(),
});
/** revisionView is one immutable configuration of an endpoint; its weight is its share of traffic in percent. */
export const revisionView = z.object({
  id: idSchema,
  number: countSchema,
  role: z.enum(['stable', 'canary', 'retired']),
  weightPercent: z.number().min(0).max(100),
  versionId: idSchema,
  versionLabel: z.string(),
  task: servedTaskSchema,
  desiredReplicas: countSchema,
  readyReplicas: countSchema,
  slotsPerReplica: countSchema,
  contextTokens: countSchema,
  maxConcurrency: countSchema,
  /** systemMessage is put before chats that have none; null leaves that to the model's template. */
  systemMessage: z.string().nullable(),
  createdAt: timeSchema,
  createdBy: z.string(),
});
const endpointView = z.object({
  id: idSchema,
  team: z.string(),
  name: z.string(),
  /** modelId is what OpenAI clients pass as `model`. */
  modelId: z.string(),
  template: z.string(),
  templateVersion: z.string(),
  visibility: z.enum(['team', 'organisation']),
  flavor: z.string(),
  status: statusSchema,
  condition: conditionSchema.nullable(),
  generation: countSchema,
  observedGeneration: countSchema,
  desiredReplicas: countSchema,
  readyReplicas: countSchema,
  slots: countSchema,
  costMicrosPerHour: microsSchema.nullable(),
  stable: revisionView.nullable(),
  canary: revisionView.nullable(),
  createdBy: z.string(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
});
/** endpointPoint is one time bucket of an endpoint's traffic; null means no request in it. */
export const endpointPoint = z.object({
  at: timeSchema,
  requests: countSchema,
  errors: countSchema,
  promptTokens: countSchema,
  completionTokens: countSchema,
  ttftP50Ms: z.number().nullable(),
  ttftP95Ms: z.number().nullable(),
  latencyP50Ms: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
});

/** servingContract is endpoints, their revisions and replicas. */
export const servingContract = {
  preflightEndpoint: query({
    access: 'endpoint:read',
    method: 'POST',
    path: '/teams/{team}/preflight/endpoint',
    summary: 'Say what a deployment would need and cost',
    input: deployInput.partial().extend({ team }),
    output: preflightSchema,
  }),
  deployEndpoint: mutation({
    access: 'endpoint:deploy',
    path: '/teams/{team}/endpoints',
    summary: 'Deploy a model version as an endpoint',
    input: deployInput,
    output: endpointView,
  }),
  listEndpoints: query({
    access: 'endpoint:read',
    path: '/teams/{team}/endpoints',
    summary: "List a team's endpoints and those shared with everybody",
    input: z.object({
      team,
      search: z.string().max(100).optional(),
      status: statusSchema.optional(),
    }),
    output: z.object({ items: z.array(endpointView) }),
  }),
  getEndpoint: query({
    access: 'endpoint:read',
    path: '/teams/{team}/endpoints/{endpoint}',
    summary: 'Show an endpoint with revisions and replicas',
    input: z.object({ team, endpoint }),
    output: endpointView.extend({
      revisions: z.array(revisionView),
      replicas: z.array(replicaView),
      baseUrl: z.string(),
    }),
  }),
  scaleEndpoint: mutation({
    access: 'endpoint:deploy',
    path: '/teams/{team}/endpoints/{endpoint}/scale',
    summary: 'Set the number of replicas; 0 pauses it',
    input: z.object({ team, endpoint, replicas }),
    output: endpointView,
  }),
  deleteEndpoint: mutation({
    access: 'endpoint:deploy',
    method: 'DELETE',
    path: '/teams/{team}/endpoints/{endpoint}',
    summary: 'Delete an endpoint; `confirm` repeats its name',
    input: z.object({ team, endpoint, confirm: z.string().max(64) }),
    output: nothing,
  }),
  getEndpointLogs: query({
    access: 'endpoint:read',
    path: '/teams/{team}/endpoints/{endpoint}/logs',
    summary: 'Read log lines after a sequence number',
    input: z.object({
      team,
      endpoint,
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(2_000).default(500),
    }),
    output: z.object({ items: z.array(logLineSchema) }),
  }),
  getEndpointMetrics: query({
    access: 'endpoint:read',
    path: '/teams/{team}/endpoints/{endpoint}/metrics',
    summary: 'Read traffic over time',
    input: z.object({
      team,
      endpoint,
      rangeMinutes: z.coerce
        .number()
        .int()
        .min(5)
        .max(7 * 24 * 60)
        .default(60),
    }),
    output: z.object({
      bucketSeconds: countSchema,
      items: z.array(endpointPoint),
    }),
  }),
  listEndpointEvents: query({
    access: 'endpoint:read',
    path: '/teams/{team}/endpoints/{endpoint}/events',
    summary: 'Read what happened to an endpoint, newest first',
    input: z.object({
      team,
      endpoint,
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    output: z.object({
      items: z.array(
        z.object({
          at: timeSchema,
          actor: z.string(),
          action: z.string(),
          message: z.string(),
        }),
      ),
    }),
  }),
};
