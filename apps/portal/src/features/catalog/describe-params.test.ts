import { expect, test } from 'vitest';
import { describeParams } from './describe-params.ts';

test('a template says what it takes, between which bounds and with which default', () => {
  const schema = {
    type: 'object',
    properties: {
      epochs: { type: 'integer', minimum: 1, maximum: 20, title: 'Epochs', description: 'Passes over the data.' },
      contextTokens: { enum: [256, 512] },
      seed: { type: 'integer' },
    },
  };
  expect(describeParams(schema, { epochs: 2, contextTokens: 256 })).toEqual([
    { name: 'epochs', title: 'Epochs', allowed: '1 to 20', defaultText: '2', description: 'Passes over the data.' },
    { name: 'contextTokens', title: 'contextTokens', allowed: '256 or 512', defaultText: '256', description: '' },
    { name: 'seed', title: 'seed', allowed: 'integer', defaultText: 'none', description: '' },
  ]);
  expect(describeParams({ type: 'object' }, {})).toEqual([]);
});
