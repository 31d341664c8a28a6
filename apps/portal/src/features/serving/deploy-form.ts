import { slugSchema } from '@slipway/domain/kernel';
import { systemMessageSchema } from '@slipway/domain/serving';
import { z } from 'zod';

const whole = (min: number, max: number) =>
  z.string().refine((text) => {
    const value = Number(text);
    return text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max;
  }, `Give a whole number from ${min} to ${max}.`);

/** deploySchema is the form of an endpoint; numbers are text while they are typed. */
export const deploySchema = z.object({
  name: slugSchema,
  versionId: z.string().min(1, 'Choose a model version.'),
  flavor: z.string().min(1),
  replicas: whole(0, 32),
  slotsPerReplica: whole(1, 64),
  contextTokens: whole(256, 131_072),
  maxConcurrency: whole(1, 256),
  visibility: z.enum(['team', 'organisation']),
  systemMessage: systemMessageSchema,
});
/** DeployValues is what the form holds. */
export type DeployValues = z.infer<typeof deploySchema>;

/** EMPTY_DEPLOY is one small replica. */
export const EMPTY_DEPLOY: DeployValues = {
  name: '',
  versionId: '',
  flavor: 'cpu',
  replicas: '1',
  slotsPerReplica: '1',
  contextTokens: '2048',
  maxConcurrency: '8',
  visibility: 'team',
  systemMessage: '',
};

const NUMBERS = ['replicas', 'slotsPerReplica', 'contextTokens', 'maxConcurrency'] as const;

/** deployInput is what is sent. */
export function deployInput(team: string, template: string, values: DeployValues) {
  return {
    team,
    template,
    name: values.name,
    versionId: values.versionId,
    flavor: values.flavor,
    visibility: values.visibility,
    ...(values.systemMessage === '' ? {} : { systemMessage: values.systemMessage }),
    replicas: Number(values.replicas),
    slotsPerReplica: Number(values.slotsPerReplica),
    contextTokens: Number(values.contextTokens),
    maxConcurrency: Number(values.maxConcurrency),
  };
}

/** preflightInput is what is known so far; what is empty or wrong is left out. */
export function preflightInput(team: string, template: string, values: DeployValues) {
  const given: Record<string, string | number> = {};
  for (const key of ['name', 'versionId', 'flavor', 'visibility'] as const) {
    if (deploySchema.shape[key].safeParse(values[key]).success) given[key] = values[key];
  }
  for (const key of NUMBERS) {
    if (deploySchema.shape[key].safeParse(values[key]).success) given[key] = Number(values[key]);
  }
  return { team, template, ...given };
}

/** proposedContext is the context that a version is given at first: its own length, and no more than a small machine bears. */
export function proposedContext(contextLength: number | null | undefined): string {
  return String(Math.max(256, Math.min(contextLength ?? 2_048, 2_048)));
}
