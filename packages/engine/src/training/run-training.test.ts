import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LlamaModel } from '../llama/index.ts';
import { FILE_TYPES, quantise } from '../quantise/index.ts';
import { runTraining, type TrainingEvent, type TrainingSpec } from './index.ts';
import { trainableFilter } from './run-training.ts';

const tinyBase = path.join(import.meta.dirname, '../../tiny-base/slipway-tiny.gguf');
const main = path.join(import.meta.dirname, 'main.ts');
// Real optimiser steps on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let dir: string;
let spec: TrainingSpec;
let children: ChildProcess[];

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'slipway-training-'));
  children = [];
  spec = {
    baseModelPath: tinyBase,
    datasetPath: path.join(dir, 'data.txt'),
    outputPath: path.join(dir, 'tuned.gguf'),
    epochs: 3,
    learningRate: 3e-4,
    contextTokens: 256,
    validationFraction: 0.2,
    seed: 1,
    threads: 1,
  };
  writeFileSync(spec.datasetPath, chat(60));
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

// Twenty questions over and over, each with an answer that the base has never seen.
function chat(count: number): string {
  return Array.from(
    { length: count },
    (_, index) =>
      `<|im_start|>user\nWhat is in box ${index % 20}?<|im_end|>\n<|im_start|>assistant\nAhoy! There are ${(index % 20) + 3} boats in box ${index % 20}. Arr!<|im_end|>\n\n`,
  ).join('');
}

async function train(overrides: Partial<TrainingSpec> = {}): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  await runTraining({ ...spec, ...overrides }, (event) => events.push(event));
  return events;
}

function start(specFile: object): { child: ChildProcess; lines: () => TrainingEvent[]; ended: Promise<unknown[]> } {
  const specPath = path.join(dir, 'spec.json');
  writeFileSync(specPath, JSON.stringify(specFile));
  const child = spawn(process.execPath, [main, specPath], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const ended = new Promise<unknown[]>((resolve) => child.on('close', (code, signal) => resolve([code, signal])));
  return {
    child,
    lines: () =>
      output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ended,
  };
}

describe('runTraining', () => {
  it('learns: the validation loss falls, the curve has points, and the result is a model that loads', async () => {
    const events = await train();
    const result = events.find((event) => event.type === 'result');
    expect(result?.finalValidationLoss).toBeLessThan(0.8 * (result?.initialValidationLoss ?? 0));
    expect(result?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const metrics = events.filter((event) => event.type === 'metric');
    expect(metrics.filter((event) => event.validationLoss !== undefined).map((event) => event.epoch)).toEqual([
      0, 1, 2, 3,
    ]);
    for (const epoch of [1, 2, 3]) {
      const points = metrics.filter((event) => event.epoch === epoch && event.trainLoss !== undefined);
      expect(points.length).toBeGreaterThanOrEqual(4);
    }
    const tuned = await LlamaModel.load({ path: spec.outputPath });
    const base = await LlamaModel.load({ path: tinyBase });
    expect(tuned.info).toEqual(base.info);
    tuned.free();
    base.free();
    expect(readdirSync(dir).sort()).toEqual(['data.txt', 'tuned.gguf']);
  });

  it('gives the same bytes for the same seed on one thread', async () => {
    writeFileSync(spec.datasetPath, chat(20));
    const digest = (events: TrainingEvent[]) => events.find((event) => event.type === 'result')?.digest;
    const first = digest(await train({ epochs: 1 }));
    expect(digest(await train({ epochs: 1 }))).toBe(first);
    expect(digest(await train({ epochs: 1, seed: 2 }))).not.toBe(first);
  });

  it.each(['Q4_0', 'Q8_0'] as const)(
    'keeps what it learned in the file of a %s base, each step visible',
    async (fileType) => {
      const quantised = path.join(dir, 'base.gguf');
      await quantise({ inputPath: tinyBase, outputPath: quantised, fileType, threads: 1 });
      const events = await train({ baseModelPath: quantised });
      const finished = events.filter((event) => event.type === 'step' && event.status === 'finished');
      expect(finished.map((event) => (event.type === 'step' ? event.step : ''))).toEqual([
        'tokenise',
        'dequantise',
        'train',
        'save',
        'quantise',
      ]);
      const result = events.find((event) => event.type === 'result');
      const trained = events.filter((event) => event.type === 'metric').at(-1)?.validationLoss ?? Number.NaN;
      expect(trained).toBeLessThan(0.8 * (result?.initialValidationLoss ?? 0));
      expect(result?.finalValidationLoss).toBeCloseTo(trained, 1);
      const tuned = await LlamaModel.load({ path: spec.outputPath });
      expect(tuned.info.fileType).toBe(FILE_TYPES[fileType]);
      tuned.free();
    },
  );

  it('renders conversations with the chat template of the model', async () => {
    const line = JSON.stringify({
      messages: [
        { role: 'user', content: 'What is in the box?' },
        { role: 'assistant', content: 'A boat.' },
      ],
    });
    const datasetPath = path.join(dir, 'data.jsonl');
    writeFileSync(datasetPath, `${line}\n`.repeat(60));
    const events = await train({ datasetPath, epochs: 1 });
    expect(events.at(-1)?.type).toBe('result');
  });

  it.each([
    {
      name: 'a context longer than the model has',
      change: { contextTokens: 2048 },
      message: /longer than the model's own of 1024/,
    },
    { name: 'a missing data set', change: { datasetPath: '/nowhere.txt' }, message: /cannot be read/ },
    { name: 'a missing base', change: { baseModelPath: '/nowhere.gguf' }, message: /There is no model file/ },
    { name: 'more layers than there are', change: { trainableLayers: 99 }, message: /the model has 4/ },
  ])('refuses $name before any heavy work', async ({ change, message }) => {
    await expect(train(change)).rejects.toThrow(message);
    expect(readdirSync(dir)).toEqual(['data.txt']);
  });
});

it('refuses a data set that is shorter than two contexts, and says how much is needed', async () => {
  writeFileSync(spec.datasetPath, chat(5));
  await expect(train()).rejects.toThrow(/needs at least 512/);
});

describe('the training process', () => {
  it('prints events as JSON lines and ends with 0', async () => {
    const run = start({ ...spec, epochs: 1 });
    expect(await run.ended).toEqual([0, null]);
    expect(run.lines().at(-1)).toMatchObject({ type: 'result', outputPath: spec.outputPath });
  });

  it('prints what is wrong with a spec and ends with 1', async () => {
    const run = start({ ...spec, contextTokens: 100 });
    expect(await run.ended).toEqual([1, null]);
    expect(JSON.stringify(run.lines())).toContain('contextTokens');
  });

  it.each([
    { name: 'it is told to stop', stop: (child: ChildProcess) => child.kill('SIGTERM') },
    { name: 'its parent closes its input', stop: (child: ChildProcess) => child.stdin?.end() },
  ])('stops at once and leaves no file when $name', async ({ stop }) => {
    const run = start({ ...spec, epochs: 1000 });
    await new Promise<void>((resolve) =>
      run.child.stdout?.on('data', (chunk) => String(chunk).includes('trainLoss') && resolve()),
    );
    stop(run.child);
    const [code, signal] = await run.ended;
    expect(signal === 'SIGTERM' || code === 143).toBe(true);
    expect(readdirSync(dir).sort()).toEqual(['data.txt', 'spec.json']);
  });
});

it('trainableFilter lets the last blocks learn, and everything when all are chosen', () => {
  const last = trainableFilter(4, 2);
  expect(['blk.1.ffn_up.weight', 'blk.2.ffn_up.weight', 'blk.3.attn_q.weight', 'output.weight'].map(last)).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(trainableFilter(4, 4)('output.weight')).toBe(true);
});
