import { z } from 'zod';
import { SLUG } from './slug.ts';

/** STATUSES are the only status words, the same in UI, CLI, API and database. */
export const STATUSES = [
  'pending',
  'starting',
  'running',
  'ready',
  'degraded',
  'scaling',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
  'expired',
] as const;
/** statusSchema is one of the status words. */
export const statusSchema = z.enum(STATUSES);
/** Status is one of the status words. */
export type Status = z.infer<typeof statusSchema>;

/** slugSchema is a name that can stand in a URL, a Kubernetes label and a model id. */
export const slugSchema = z
  .string()
  .trim()
  .min(SLUG.minLength.value, SLUG.minLength.message)
  .max(SLUG.maxLength.value, SLUG.maxLength.message)
  .regex(SLUG.pattern.value, SLUG.pattern.message);

/** idSchema is an opaque id. */
export const idSchema = z.string().min(1).max(64);
/** nameSchema is a display name. */
export const nameSchema = z.string().trim().min(1, 'Give it a name.').max(120, 'Use at most 120 characters.');
/** emailSchema is an e-mail address, compared in lower case. */
export const emailSchema = z.email('Give a valid e-mail address.').trim().toLowerCase().max(254);
/** passwordSchema is a password at sign-up or change. */
export const passwordSchema = z.string().min(12, 'Use at least 12 characters.').max(200);
/** timeSchema is an ISO 8601 instant in UTC. */
export const timeSchema = z.iso.datetime({ offset: true });
/** digestSchema is `sha256:` and 64 hex digits. */
export const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'Give sha256: and 64 hex digits.');
/** microsSchema is money in millionths of the installation's currency. */
export const microsSchema = z.int();
/** countSchema is a whole number from 0 on. */
export const countSchema = z.int().nonnegative();

/** pageInput is keyset paging: pass the last answer's `nextCursor`. */
export const pageInput = {
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};
/** pageOf is one page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** conditionSchema is why something is in its status, in words, and since when. */
export const conditionSchema = z.object({
  type: z.string(),
  reason: z.string(),
  message: z.string(),
  since: timeSchema,
});
/** Condition is why something is in its status. */
export type Condition = z.infer<typeof conditionSchema>;

/** logLineSchema is one line of a process's output; `sequence` orders lines of one owner. */
export const logLineSchema = z.object({
  sequence: countSchema,
  at: timeSchema,
  stream: z.enum(['stdout', 'stderr', 'system']),
  source: z.string(),
  text: z.string(),
});

/** preflightSchema is what a launch would do, before it is done. */
export const preflightSchema = z.object({
  isLaunchable: z.boolean(),
  checks: z.array(
    z.object({
      name: z.string(),
      result: z.enum(['ok', 'warning', 'failed']),
      message: z.string(),
    }),
  ),
  slots: countSchema,
  costMicrosPerHour: microsSchema.nullable(),
  estimatedSeconds: z.number().nonnegative().nullable(),
  estimatedCostMicros: microsSchema.nullable(),
  memoryBytes: countSchema.nullable(),
  creates: z.array(z.string()),
});
