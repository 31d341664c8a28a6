import { describe, expect, test } from 'vitest';
import { checkDeploy, deployInput, EMPTY_DEPLOY, preflightInput, proposedContext } from './deploy-form.ts';

const values = { ...EMPTY_DEPLOY, name: 'chat', versionId: 'v1' };

describe('the form of an endpoint', () => {
  test.each([
    ['as it stands', {}, []],
    ['a name that cannot stand in an address', { name: 'My Chat' }, ['name']],
    ['no version', { versionId: '' }, ['versionId']],
    ['no replicas at all is allowed: it begins paused', { replicas: '0' }, []],
    ['half a slot', { slotsPerReplica: '0.5' }, ['slotsPerReplica']],
    ['a context below what an engine takes', { contextTokens: '128' }, ['contextTokens']],
    ['a system message beyond its limit', { systemMessage: 'a'.repeat(4_001) }, ['systemMessage']],
    ['nothing typed', { maxConcurrency: '' }, ['maxConcurrency']],
  ])('%s', (_name, change, expected) => {
    expect(Object.keys(checkDeploy({ ...values, ...change }))).toEqual(expected);
  });
  test('sends numbers as numbers', () => {
    expect(deployInput('alpha', 'llm-endpoint', values)).toMatchObject({ replicas: 1, contextTokens: 2_048 });
  });
  test.each([
    ['as it was typed', 'Answer in one sentence.', { systemMessage: 'Answer in one sentence.' }],
    ['not at all when it is empty', '', {}],
  ])('sends the system message %s', (_name, systemMessage, expected) => {
    const { systemMessage: sent } = deployInput('alpha', 'llm-endpoint', { ...values, systemMessage });
    expect(sent === undefined ? {} : { systemMessage: sent }).toEqual(expected);
  });
});

test('the preflight leaves out what is empty or wrong', () => {
  const input = preflightInput('alpha', 'llm-endpoint', { ...values, name: '', replicas: 'many' });
  expect(input).not.toHaveProperty('name');
  expect(input).not.toHaveProperty('replicas');
  expect(input).toMatchObject({ versionId: 'v1', slotsPerReplica: 1 });
});

test.each([
  [8_192, '2048'],
  [512, '512'],
  [128, '256'],
  [null, '2048'],
])('a version of context %s is given %s at first', (length, expected) => {
  expect(proposedContext(length)).toBe(expected);
});
