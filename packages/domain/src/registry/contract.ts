import { z } from 'zod';
import { mutation, nothing, query } from '../kernel/contract.ts';
import {
  conditionSchema,
  countSchema,
  digestSchema,
  idSchema,
  nameSchema,
  slugSchema,
  statusSchema,
  timeSchema,
} from '../kernel/schemas.ts';

const team = slugSchema;
const modelName = slugSchema;
/** ggufMetadataSchema is what a GGUF header says about its model. */
export const ggufMetadataSchema = z.object({
  format: z.literal('gguf'),
  ggufVersion: countSchema,
  architecture: z.string(),
  name: z.string().nullable(),
  parameterCount: countSchema,
  tensorCount: countSchema,
  quantisation: z.string(),
  contextLength: countSchema.nullable(),
  embeddingLength: countSchema.nullable(),
  blockCount: countSchema.nullable(),
  vocabularySize: countSchema.nullable(),
  tokenizer: z.string().nullable(),
  chatTemplate: z.string().nullable(),
  licence: z.string().nullable(),
  /** kvBytesPerToken is what one token of context takes in the KV cache (F16), where the header tells. */
  kvBytesPerToken: countSchema.nullable().optional(),
  /** poolingType is how the vectors of a text's tokens become one (1 mean, 2 first, 3 last, 4 a score); null where the header does not say. */
  poolingType: countSchema.nullable().optional(),
});
/** GgufMetadata is what a GGUF header says about its model. */
export type GgufMetadata = z.infer<typeof ggufMetadataSchema>;

/** modelSourceSchema is where a version's bytes come from. */
export const modelSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('upload'), uploadId: z.string().min(1).max(200) }),
  /** a path on the server, inside a directory that the administrator allows. */
  z.object({ kind: z.literal('path'), path: z.string().min(1).max(4_096) }),
  z.object({
    kind: z.literal('s3'),
    uri: z.string().regex(/^s3:\/\/[^/]+\/.+$/, 'Give s3://bucket/key.'),
    region: z.string().max(64).optional(),
    endpoint: z.url().optional(),
    accessKeyId: z.string().max(256).optional(),
    secretAccessKey: z.string().max(256).optional(),
  }),
  z.object({
    kind: z.literal('huggingface'),
    repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'Give owner/name.'),
    file: z.string().min(1).max(512),
    revision: z.string().max(128).default('main'),
    token: z.string().max(256).optional(),
  }),
]);
/** ModelSource is where a version's bytes come from. */
export type ModelSource = z.infer<typeof modelSourceSchema>;

/** lineageView is how a version came to be when a run made it. */
export const lineageView = z.object({
  runId: idSchema,
  runName: z.string(),
  baseVersionId: idSchema,
  baseLabel: z.string(),
  datasetId: idSchema,
  datasetName: z.string(),
  datasetDigest: digestSchema,
  templateId: z.string(),
  templateVersion: z.string(),
  params: z.record(z.string(), z.unknown()),
  codeVersion: z.string(),
});
/** versionView is one immutable version; `status` is pending (queued), starting (importing), ready, failed, or cancelled when the model already has these bytes. */
export const versionView = z.object({
  id: idSchema,
  modelId: idSchema,
  team: z.string(),
  model: z.string(),
  version: countSchema,
  /** label is `team/model:version`. */
  label: z.string(),
  status: statusSchema,
  condition: conditionSchema.nullable(),
  digest: digestSchema.nullable(),
  sizeBytes: countSchema.nullable(),
  transferredBytes: countSchema,
  totalBytes: countSchema.nullable(),
  metadata: ggufMetadataSchema.nullable(),
  licence: z.string().nullable(),
  /** source is the address without secrets. */
  source: z.object({
    kind: z.enum(['upload', 'path', 's3', 'huggingface', 'run', 'starter']),
    address: z.string(),
  }),
  lineage: lineageView.nullable(),
  createdBy: z.string(),
  createdAt: timeSchema,
});
/** VersionView is one immutable version. */
export type VersionView = z.infer<typeof versionView>;
const modelView = z.object({
  id: idSchema,
  team: z.string(),
  name: z.string(),
  description: z.string(),
  visibility: z.enum(['team', 'organisation']),
  versionCount: countSchema,
  latestVersion: versionView.nullable(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
});

/** registryContract is models and their immutable versions. */
export const registryContract = {
  listModels: query({
    access: 'model:read',
    path: '/teams/{team}/models',
    summary: "List a team's models and those shared with everybody",
    input: z.object({ team, search: z.string().max(100).optional() }),
    output: z.object({ items: z.array(modelView) }),
  }),
  getModel: query({
    access: 'model:read',
    path: '/teams/{team}/models/{model}',
    summary: 'Show a model with its versions, newest first',
    input: z.object({ team, model: modelName }),
    output: modelView.extend({ versions: z.array(versionView) }),
  }),
  getModelVersion: query({
    access: 'model:read',
    path: '/teams/{team}/versions/{versionId}',
    summary: 'Show one version with its lineage',
    input: z.object({ team, versionId: idSchema }),
    output: versionView.extend({
      usedByEndpoints: z.array(z.object({ id: idSchema, name: z.string() })),
      derivedVersions: z.array(z.object({ id: idSchema, label: z.string() })),
    }),
  }),
  listDeployableVersions: query({
    access: 'model:read',
    path: '/teams/{team}/versions',
    summary: 'List ready versions that the team can deploy or train from',
    input: z.object({ team }),
    output: z.object({ items: z.array(versionView) }),
  }),
  registerModelVersion: mutation({
    access: 'model:write',
    path: '/teams/{team}/models/{model}/versions',
    summary: 'Register a version; it is copied, checked and digested in the background',
    input: z.object({
      team,
      model: modelName,
      source: modelSourceSchema,
      description: z.string().max(2_000).optional(),
      licence: z.string().max(120).optional(),
      expectedDigest: digestSchema.optional(),
    }),
    output: versionView,
  }),
  retryModelVersion: mutation({
    access: 'model:write',
    path: '/teams/{team}/versions/{versionId}/retry',
    summary: 'Try a failed import again',
    input: z.object({ team, versionId: idSchema }),
    output: versionView,
  }),
  deleteModelVersion: mutation({
    access: 'model:write',
    method: 'DELETE',
    path: '/teams/{team}/versions/{versionId}',
    summary: 'Delete a version that nothing uses',
    input: z.object({ team, versionId: idSchema, confirm: nameSchema }),
    output: nothing,
  }),
  getStarter: query({
    access: 'signed_in',
    path: '/starter',
    summary: 'Show how far the starter models are',
    input: nothing,
    output: z.object({
      items: z.array(
        z.object({
          name: z.string(),
          status: statusSchema,
          message: z.string(),
          transferredBytes: countSchema,
          totalBytes: countSchema.nullable(),
          versionId: idSchema.nullable(),
          endpointName: z.string().nullable(),
        }),
      ),
    }),
  }),
};
