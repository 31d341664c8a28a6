import { slugProblem } from '@slipway/domain/kernel';
import { SYSTEM_MESSAGE_LIMIT } from '@slipway/domain/serving';
import { type Problems, problemsOf, wholeProblem } from '../../components/field-problems.ts';

/** DeployValues is what the form holds; numbers are text while they are typed. */
export interface DeployValues {
  name: string;
  versionId: string;
  flavor: string;
  replicas: string;
  slotsPerReplica: string;
  contextTokens: string;
  maxConcurrency: string;
  visibility: 'team' | 'organisation';
  systemMessage: string;
}

/** checkDeploy says what is wrong with a form, by field. */
export function checkDeploy(values: DeployValues): Problems {
  return problemsOf({
    name: slugProblem(values.name),
    versionId: values.versionId === '' ? 'Choose a model version.' : null,
    replicas: wholeProblem(values.replicas, { min: 0, max: 32 }),
    slotsPerReplica: wholeProblem(values.slotsPerReplica, { min: 1, max: 64 }),
    contextTokens: wholeProblem(values.contextTokens, { min: 256, max: 131_072 }),
    maxConcurrency: wholeProblem(values.maxConcurrency, { min: 1, max: 128 }),
    systemMessage:
      values.systemMessage.trim().length > SYSTEM_MESSAGE_LIMIT.value ? SYSTEM_MESSAGE_LIMIT.message : null,
  });
}

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

const TEXTS = ['name', 'versionId', 'flavor', 'visibility'] as const;
const NUMBERS = ['replicas', 'slotsPerReplica', 'contextTokens', 'maxConcurrency'] as const;

/** deployInput is what is sent. */
export function deployInput(team: string, template: string, values: DeployValues) {
  return {
    team,
    template,
    name: values.name.trim(),
    versionId: values.versionId,
    flavor: values.flavor,
    visibility: values.visibility,
    ...(values.systemMessage.trim() === '' ? {} : { systemMessage: values.systemMessage.trim() }),
    replicas: Number(values.replicas),
    slotsPerReplica: Number(values.slotsPerReplica),
    contextTokens: Number(values.contextTokens),
    maxConcurrency: Number(values.maxConcurrency),
  };
}

/** preflightInput is what is known so far; what is empty or wrong is left out. */
export function preflightInput(team: string, template: string, values: DeployValues) {
  const problems = checkDeploy(values);
  const given = [
    ...TEXTS.map((key) => [key, values[key].trim()] as const),
    ...NUMBERS.map((key) => [key, Number(values[key])] as const),
  ].filter(([key]) => problems[key] === undefined);
  return { team, template, ...Object.fromEntries(given) };
}

/** proposedContext is the context that a version is given at first: its own length, and no more than a small machine bears. */
export function proposedContext(contextLength: number | null | undefined): string {
  return String(Math.max(256, Math.min(contextLength ?? 2_048, 2_048)));
}
