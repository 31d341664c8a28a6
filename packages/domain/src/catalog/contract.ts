import { z } from 'zod';
import { nothing, query } from '../kernel/contract.ts';
import { conditionSchema, countSchema, idSchema, microsSchema, statusSchema, timeSchema } from '../kernel/schemas.ts';

/** FLAVOR_KINDS: a CPU slot is one core; a GPU slot is one device; a MIG slot is one instance. */
export const FLAVOR_KINDS = ['cpu', 'gpu', 'mig'] as const;
const flavorView = z.object({
  id: idSchema,
  /** name is unique in the installation, for example `cpu` or `nvidia-h200`. */
  name: z.string(),
  kind: z.enum(FLAVOR_KINDS),
  model: z.string(),
  memoryBytes: countSchema.nullable(),
  migProfile: z.string().nullable(),
  totalSlots: countSchema,
  grantedSlots: countSchema,
  usedSlots: countSchema,
  priceMicrosPerSlotHour: microsSchema.nullable(),
});
/** TEMPLATE_KINDS are the golden paths' outcomes. */
export const TEMPLATE_KINDS = ['training', 'serving'] as const;
const templateView = z.object({
  id: idSchema,
  version: z.string(),
  kind: z.enum(TEMPLATE_KINDS),
  title: z.string(),
  description: z.string(),
  /** paramsSchema is JSON Schema (draft 2020-12). */ paramsSchema: z.record(z.string(), z.unknown()),
  defaults: z.record(z.string(), z.unknown()),
});

/** catalogContract is clusters with their flavours, and golden-path templates. */
export const catalogContract = {
  listClusters: query({
    access: 'cluster:read',
    path: '/clusters',
    summary: 'List clusters with their flavours and use',
    input: nothing,
    output: z.object({
      items: z.array(
        z.object({
          id: idSchema,
          name: z.string(),
          driver: z.enum(['local', 'kubernetes']),
          status: statusSchema,
          condition: conditionSchema.nullable(),
          machine: z
            .object({
              cpuModel: z.string(),
              cores: countSchema,
              memoryBytes: countSchema,
              hostname: z.string(),
            })
            .nullable(),
          observedAt: timeSchema.nullable(),
          flavors: z.array(flavorView),
        }),
      ),
    }),
  }),
  listTemplates: query({
    access: 'template:read',
    path: '/templates',
    summary: 'List golden-path templates',
    input: nothing,
    output: z.object({ items: z.array(templateView) }),
  }),
};
