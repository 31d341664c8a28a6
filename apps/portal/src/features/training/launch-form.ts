import { slugProblem } from '@slipway/domain/kernel';
import { type Problems, problemsOf, wholeProblem } from '../../components/field-problems.ts';
import { checkParam, type ParamField, paramValues } from './params-fields.ts';

/** LaunchValues is what the form holds; numbers are text while they are typed. */
export interface LaunchValues {
  name: string;
  baseVersionId: string;
  datasetId: string;
  outputModel: string;
  flavor: string;
  slots: string;
  timeLimitMinutes: string;
  params: Record<string, string>;
}

/** checkLaunch says what is wrong with a form, by field; params are checked by their template's fields. */
export function checkLaunch(fields: readonly ParamField[], values: LaunchValues): Problems {
  return problemsOf({
    name: slugProblem(values.name),
    baseVersionId: values.baseVersionId === '' ? 'Choose a base version.' : null,
    datasetId: values.datasetId === '' ? 'Choose a data set, or make a new one.' : null,
    outputModel: slugProblem(values.outputModel),
    slots: wholeProblem(values.slots, { min: 1, max: 64, unit: 'slots' }),
    timeLimitMinutes: wholeProblem(values.timeLimitMinutes, { min: 1, max: 10_080, unit: 'minutes' }),
    ...Object.fromEntries(
      fields.map((field) => [`params.${field.name}`, checkParam(field, values.params[field.name] ?? '')]),
    ),
  });
}

/** launchInput is what is sent. */
export function launchInput(
  context: { team: string; template: string; fields: readonly ParamField[] },
  values: LaunchValues,
) {
  return {
    team: context.team,
    template: context.template,
    name: values.name.trim(),
    baseVersionId: values.baseVersionId,
    datasetId: values.datasetId,
    outputModel: values.outputModel.trim(),
    flavor: values.flavor,
    slots: Number(values.slots),
    timeLimitMinutes: Number(values.timeLimitMinutes),
    params: paramValues(context.fields, values.params),
  };
}

/** preflightInput is what is known so far; what is empty or wrong is left out, so that the preflight says what it can. */
export function preflightInput(
  context: { team: string; template: string; fields: readonly ParamField[] },
  values: LaunchValues,
) {
  const problems = checkLaunch(context.fields, values);
  const sound = context.fields.filter((field) => problems[`params.${field.name}`] === undefined);
  const known = KNOWN.filter((key) => problems[key] === undefined).map((key) => [key, values[key].trim()]);
  return {
    team: context.team,
    template: context.template,
    flavor: values.flavor,
    ...Object.fromEntries(known),
    params: paramValues(sound, values.params),
  };
}
const KNOWN = ['name', 'outputModel', 'baseVersionId', 'datasetId', 'slots', 'timeLimitMinutes'] as const;

/** waitingFor says what is still to be chosen before a preflight can say anything; null when it can. */
export function waitingFor(values: Pick<LaunchValues, 'baseVersionId' | 'datasetId'>): string | null {
  if (values.baseVersionId === '' && values.datasetId === '') return 'Choose a base version and a data set.';
  if (values.baseVersionId === '') return 'Choose a base version.';
  return values.datasetId === '' ? 'Choose a data set.' : null;
}

/** proposedNames are a run's and its output's name for a base: the model that is fine-tuned gets the new version when it is one's own. */
export function proposedNames(base: { model: string; team: string }, team: string, now: Date) {
  const day = now.toISOString().slice(5, 10).replace('-', '');
  const time = now.toISOString().slice(11, 16).replace(':', '');
  const stem = base.model.slice(0, 34).replace(/-+$/, '');
  return {
    name: `${stem}-${day}-${time}`,
    outputModel: base.team === team ? base.model : `${stem}-tuned`,
  };
}
