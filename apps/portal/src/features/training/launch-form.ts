import { slugSchema } from '@slipway/domain/kernel';
import { z } from 'zod';
import { checkParam, type ParamField, paramValues } from './params-fields.ts';

const whole = (min: number, max: number, unit: string) =>
  z.string().refine((text) => {
    const value = Number(text);
    return text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max;
  }, `Give a whole number of ${unit} from ${min} to ${max}.`);

/** launchSchema is the form of a run; params are checked by their template's fields. */
export function launchSchema(fields: readonly ParamField[]) {
  return z.object({
    name: slugSchema,
    baseVersionId: z.string().min(1, 'Choose a base version.'),
    datasetId: z.string().min(1, 'Choose a data set, or make a new one.'),
    outputModel: slugSchema,
    flavor: z.string().min(1),
    slots: whole(1, 64, 'slots'),
    timeLimitMinutes: whole(1, 10_080, 'minutes'),
    params: z.record(z.string(), z.string()).superRefine((params, ctx) => {
      for (const field of fields) {
        const message = checkParam(field, params[field.name] ?? '');
        if (message !== null) ctx.addIssue({ code: 'custom', path: [field.name], message });
      }
    }),
  });
}
/** LaunchValues is what the form holds; numbers are text while they are typed. */
export type LaunchValues = z.infer<ReturnType<typeof launchSchema>>;

/** launchInput is what is sent. */
export function launchInput(
  context: { team: string; template: string; fields: readonly ParamField[] },
  values: LaunchValues,
) {
  return {
    team: context.team,
    template: context.template,
    name: values.name,
    baseVersionId: values.baseVersionId,
    datasetId: values.datasetId,
    outputModel: values.outputModel,
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
  const sound = context.fields.filter((field) => checkParam(field, values.params[field.name] ?? '') === null);
  const shape = launchSchema([]).shape;
  const given = <Key extends 'name' | 'outputModel' | 'baseVersionId' | 'datasetId' | 'slots' | 'timeLimitMinutes'>(
    key: Key,
  ) => (shape[key].safeParse(values[key]).success ? { [key]: values[key] } : {});
  return {
    team: context.team,
    template: context.template,
    flavor: values.flavor,
    ...given('name'),
    ...given('outputModel'),
    ...given('baseVersionId'),
    ...given('datasetId'),
    ...given('slots'),
    ...given('timeLimitMinutes'),
    params: paramValues(sound, values.params),
  };
}

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
