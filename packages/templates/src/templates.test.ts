import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findTemplate, fineTuneSmallLm, llmEndpoint, TEMPLATES } from './index.ts';
import type { ServingInput, TrainingInput } from './template.ts';

const serving: ServingInput = {
  key: 'replica:revision-1-0',
  modelPath: '/data/artifacts/model.gguf',
  modelId: 'chat',
  modelAliases: ['team/chat'],
  contextTokens: 2_048,
  maxConcurrency: 8,
  systemMessage: null,
  flavor: { name: 'cpu', kind: 'cpu' },
  slots: 2,
  params: {},
};
const training: TrainingInput = {
  key: 'run:run-1',
  basePath: '/data/artifacts/base.gguf',
  datasetPath: '/data/artifacts/text',
  datasetFormat: 'text',
  outputPath: '/data/runs/run-1/output.gguf',
  workDirectory: '/data/runs/run-1',
  flavor: { name: 'cpu', kind: 'cpu' },
  slots: 2,
  timeLimitSeconds: 3_600,
  params: {},
};

describe('TEMPLATES', () => {
  it('are found by their id, and nothing else is', () => {
    for (const template of TEMPLATES) expect(findTemplate(template.id)).toBe(template);
    expect(findTemplate('no-such-path')).toBeUndefined();
  });
  it.each(TEMPLATES)('$id has a JSON Schema with a title and a description for every field', (template) => {
    const schema = z.toJSONSchema(template.params, { io: 'input' });
    for (const field of Object.values(schema.properties ?? {})) {
      expect(field).toMatchObject({
        title: expect.any(String),
        description: expect.any(String),
      });
    }
  });
});

describe('llm-endpoint', () => {
  it('renders the whole workload of a replica', () => {
    expect(llmEndpoint.render(serving)).toEqual({
      key: 'replica:revision-1-0',
      kind: 'service',
      program: 'engine',
      config: {
        modelPath: '/data/artifacts/model.gguf',
        modelId: 'chat',
        modelAliases: ['team/chat'],
        contextTokens: 2_048,
        maxConcurrency: 8,
        systemMessage: null,
        threads: 1,
        gpuLayers: 0,
      },
      flavor: 'cpu',
      slots: 2,
    });
  });
  it.each([
    { change: { key: 'replica:other' }, shows: { key: 'replica:other' } },
    {
      change: { modelPath: '/other.gguf' },
      shows: { config: { modelPath: '/other.gguf' } },
    },
    { change: { modelId: 'other' }, shows: { config: { modelId: 'other' } } },
    {
      change: { contextTokens: 512 },
      shows: { config: { contextTokens: 512 } },
    },
    { change: { maxConcurrency: 3 }, shows: { config: { maxConcurrency: 3 } } },
    { change: { systemMessage: 'Be kind.' }, shows: { config: { systemMessage: 'Be kind.' } } },
    { change: { slots: 3 }, shows: { slots: 3, config: { threads: 2 } } },
    {
      change: { flavor: { name: 'nvidia-h200', kind: 'gpu' as const } },
      shows: { flavor: 'nvidia-h200', config: { gpuLayers: 999, threads: 2 } },
    },
  ])('carries $change into the workload', ({ change, shows }) => {
    expect(llmEndpoint.render({ ...serving, ...change })).toMatchObject(shows);
  });
  it('refuses parameters that it does not know', () => {
    expect(() => llmEndpoint.render({ ...serving, params: { colour: 'blue' } })).toThrow('colour');
  });
});

describe('fine-tune-small-lm', () => {
  it('renders the whole workload of a run with the default parameters', () => {
    expect(fineTuneSmallLm.render(training)).toEqual({
      key: 'run:run-1',
      kind: 'job',
      program: 'train',
      config: {
        basePath: '/data/artifacts/base.gguf',
        datasetPath: '/data/artifacts/text',
        datasetFormat: 'text',
        outputPath: '/data/runs/run-1/output.gguf',
        workDirectory: '/data/runs/run-1',
        threads: 1,
        gpuLayers: 0,
        epochs: 2,
        learningRate: 1e-3,
        contextTokens: 256,
        validationFraction: 0.1,
        seed: 1,
      },
      flavor: 'cpu',
      slots: 2,
      timeLimitSeconds: 3_600,
    });
  });
  it.each([
    { change: { key: 'run:other' }, shows: { key: 'run:other' } },
    { change: { basePath: '/b' }, shows: { config: { basePath: '/b' } } },
    { change: { datasetPath: '/d' }, shows: { config: { datasetPath: '/d' } } },
    {
      change: { datasetFormat: 'jsonl' as const },
      shows: { config: { datasetFormat: 'jsonl' } },
    },
    { change: { outputPath: '/o' }, shows: { config: { outputPath: '/o' } } },
    {
      change: { workDirectory: '/w' },
      shows: { config: { workDirectory: '/w' } },
    },
    { change: { slots: 4 }, shows: { slots: 4, config: { threads: 2 } } },
    { change: { timeLimitSeconds: 60 }, shows: { timeLimitSeconds: 60 } },
    {
      change: { flavor: { name: 'nvidia-h200-1g.18gb', kind: 'mig' as const } },
      shows: {
        flavor: 'nvidia-h200-1g.18gb',
        config: { gpuLayers: 999, threads: 2 },
      },
    },
    { change: { params: { epochs: 5 } }, shows: { config: { epochs: 5 } } },
    {
      change: { params: { learningRate: 2e-5 } },
      shows: { config: { learningRate: 2e-5 } },
    },
    {
      change: { params: { contextTokens: 512 } },
      shows: { config: { contextTokens: 512 } },
    },
    {
      change: { params: { validationFraction: 0.2 } },
      shows: { config: { validationFraction: 0.2 } },
    },
    { change: { params: { seed: 7 } }, shows: { config: { seed: 7 } } },
  ])('carries $change into the workload', ({ change, shows }) => {
    expect(fineTuneSmallLm.render({ ...training, ...change })).toMatchObject(shows);
  });
  it.each([
    { params: { epochs: 0 }, field: 'epochs' },
    { params: { epochs: 21 }, field: 'epochs' },
    { params: { learningRate: 0.1 }, field: 'learningRate' },
    { params: { contextTokens: 300 }, field: 'contextTokens' },
    { params: { validationFraction: 0.9 }, field: 'validationFraction' },
    { params: { seed: -1 }, field: 'seed' },
    { params: { momentum: 1 }, field: 'momentum' },
  ])('refuses $params', ({ params, field }) => {
    expect(() => fineTuneSmallLm.render({ ...training, params })).toThrow(field);
  });
});
