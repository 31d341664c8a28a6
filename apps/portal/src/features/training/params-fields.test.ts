import { describe, expect, test } from 'vitest';
import { checkParam, type ParamField, paramFields, paramValues } from './params-fields.ts';

const SCHEMA = {
  type: 'object',
  required: ['name'],
  properties: {
    epochs: { type: 'integer', minimum: 1, maximum: 20, title: 'Epochs', description: 'Rounds.' },
    learningRate: { type: 'number', minimum: 0.000001, maximum: 0.01, default: 0.001, advanced: true },
    contextTokens: { type: 'number', enum: [256, 512], default: 256, unit: 'tokens' },
    seed: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    nested: { type: 'object' },
    name: { type: 'string' },
  },
};
const fields = paramFields(SCHEMA, { epochs: 2 });
const field = (name: string): ParamField => {
  const found = fields.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no field ${name}`);
  return found;
};

describe('a form made from a schema', () => {
  test('keeps the order and leaves out what it cannot show', () => {
    expect(fields.map((one) => one.name)).toEqual(['epochs', 'learningRate', 'contextTokens', 'seed', 'name']);
  });
  test('has kind, bounds, unit, default and words from the schema', () => {
    expect(field('epochs')).toMatchObject({ kind: 'integer', min: 1, max: 20, defaultValue: '2', label: 'Epochs' });
    expect(field('contextTokens')).toMatchObject({ kind: 'choice', choices: [256, 512], unit: 'tokens' });
    expect(field('learningRate')).toMatchObject({ label: 'Learning rate', isAdvanced: true, defaultValue: '0.001' });
    expect(field('seed')).toMatchObject({ max: null, isRequired: false });
  });
});

describe('what was typed is checked before the server sees it', () => {
  test.each([
    ['epochs', '3', null],
    ['epochs', '0', 'Give a number from 1 to 20.'],
    ['epochs', '1.5', 'Give a whole number.'],
    ['epochs', '', 'Give epochs.'],
    ['epochs', 'many', 'Give a number.'],
    ['learningRate', '0.5', 'Give a number from 0.000001 to 0.01.'],
    ['learningRate', '1e-5', null],
    ['contextTokens', '1024', 'Choose one of the list.'],
    ['seed', '', null],
    ['name', '', 'Give name.'],
  ])('%s = "%s"', (name, text, expected) => {
    expect(checkParam(field(name), text)).toBe(expected);
  });
});

test('the launch gets numbers as numbers, defaults for untouched fields and nothing for empty ones', () => {
  expect(paramValues(fields, { epochs: '3', contextTokens: '512', name: ' a ' })).toEqual({
    epochs: 3,
    learningRate: 0.001,
    contextTokens: 512,
    name: 'a',
  });
});
