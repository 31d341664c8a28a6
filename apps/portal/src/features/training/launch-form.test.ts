import { describe, expect, test } from 'vitest';
import {
  checkLaunch,
  type LaunchValues,
  launchInput,
  preflightInput,
  proposedNames,
  waitingFor,
} from './launch-form.ts';
import { paramFields } from './params-fields.ts';

const fields = paramFields(
  { properties: { epochs: { type: 'integer', minimum: 1, maximum: 20, title: 'Epochs' }, seed: { type: 'integer' } } },
  { epochs: 2 },
);
const context = { team: 'alpha', template: 'fine-tune-small-lm', fields };
const values: LaunchValues = {
  name: 'first-run',
  baseVersionId: 'v1',
  datasetId: 'd1',
  outputModel: 'tiny',
  flavor: 'cpu',
  slots: '2',
  timeLimitMinutes: '60',
  params: { epochs: '3', seed: '' },
};

describe('the form of a run', () => {
  test('is right as it stands', () => {
    expect(checkLaunch(fields, values)).toEqual({});
  });
  test.each([
    ['no slots', { slots: '0' }, 'slots'],
    ['half a minute', { timeLimitMinutes: '0.5' }, 'timeLimitMinutes'],
    ['no data set', { datasetId: '' }, 'datasetId'],
    ['a param out of bounds', { params: { epochs: '21', seed: '' } }, 'params.epochs'],
  ])('%s is refused on its field', (_name, change, path) => {
    expect(Object.keys(checkLaunch(fields, { ...values, ...change }))).toEqual([path]);
  });
  test('sends numbers as numbers', () => {
    expect(launchInput(context, values)).toMatchObject({ slots: 2, timeLimitMinutes: 60, params: { epochs: 3 } });
  });
});

describe('the preflight', () => {
  test('leaves out what is empty or wrong, so that it can say something about the rest', () => {
    const input = preflightInput(context, { ...values, name: '', slots: 'x', params: { epochs: '99', seed: '4' } });
    expect(input).toEqual({
      team: 'alpha',
      template: 'fine-tune-small-lm',
      flavor: 'cpu',
      outputModel: 'tiny',
      baseVersionId: 'v1',
      datasetId: 'd1',
      timeLimitMinutes: '60',
      params: { seed: 4 },
    });
  });
  test('says what it waits for', () => {
    expect(waitingFor({ baseVersionId: '', datasetId: 'd' })).toBe('Choose a base version.');
    expect(waitingFor(values)).toBeNull();
  });
});

describe('proposed names', () => {
  const now = new Date('2026-11-21T09:05:00Z');
  test('a new version of one’s own model', () => {
    expect(proposedNames({ model: 'tiny', team: 'alpha' }, 'alpha', now)).toEqual({
      name: 'tiny-1121-0905',
      outputModel: 'tiny',
    });
  });
  test('a model of one’s own when the base is another team’s', () => {
    expect(proposedNames({ model: 'tiny', team: 'platform' }, 'alpha', now).outputModel).toBe('tiny-tuned');
  });
});
