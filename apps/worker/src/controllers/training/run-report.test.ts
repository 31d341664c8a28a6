import { describe, expect, it } from 'vitest';
import { addEvent, endSteps, moveStep, newRunReport, takeUnwritten } from './run-report.ts';
import { describeTrainingEvent, parseTrainingEvent, type TrainingEventLine } from './training-event.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, second));
const metric = (change: Partial<Extract<TrainingEventLine, { type: 'metric' }>>): TrainingEventLine => ({
  type: 'metric',
  epoch: 1,
  iteration: 5,
  iterations: 20,
  tokensPerSecond: null,
  ...change,
});

describe('parseTrainingEvent', () => {
  it.each([
    { line: 'llama_model_loader: loaded', event: null, why: 'ordinary output' },
    { line: '{ not json', event: null, why: 'a brace is not JSON' },
    { line: '{"type":"surprise"}', event: null, why: 'an unknown event' },
    { line: '{"type":"metric","epoch":1}', event: null, why: 'half an event' },
    {
      line: '{"type":"log","message":"hel\\u0000lo"}',
      event: { type: 'log', message: 'hello' },
      why: 'an event without its NUL',
    },
    { line: '{"type":"log","message":"hello"}', event: { type: 'log', message: 'hello' }, why: 'an event' },
  ])('reads $line as $why', ({ line, event }) => {
    expect(parseTrainingEvent(line)).toEqual(event);
  });
  it('takes a result whose losses JSON could not hold', () => {
    const line = JSON.stringify({
      type: 'result',
      outputPath: '/o',
      digest: 'd',
      sizeBytes: 1,
      finalTrainLoss: Number.NaN,
      initialValidationLoss: null,
      finalValidationLoss: null,
    });
    expect(parseTrainingEvent(line)).toMatchObject({ finalTrainLoss: null });
  });
});

describe('describeTrainingEvent', () => {
  it.each([
    {
      event: { type: 'step', step: 'train', status: 'started', message: '4 of 4 layers' } as const,
      text: 'train started: 4 of 4 layers',
    },
    {
      event: metric({ trainLoss: 1.23456, tokensPerSecond: 900 }),
      text: 'epoch 1, iteration 5 of 20, training loss 1.2346, 900 tokens/s',
    },
    { event: metric({ validationLoss: 2 }), text: 'epoch 1, iteration 5 of 20, validation loss 2.0000' },
  ])('says "$text"', ({ event, text }) => {
    expect(describeTrainingEvent(event)).toBe(text);
  });
});

describe('a run report', () => {
  it('numbers the points of the curve and keeps what was not measured apart from zero', () => {
    let report = addEvent(newRunReport(), metric({ epoch: 0, iteration: 0, validationLoss: 3 }), at(1));
    report = addEvent(report, metric({ trainLoss: 2, tokensPerSecond: 800 }), at(2));
    expect(report.unwritten.metrics).toEqual([
      { sequence: 0, at: at(1), epoch: 0, iteration: 0, trainLoss: null, validationLoss: 3, tokensPerSecond: null },
      { sequence: 1, at: at(2), epoch: 1, iteration: 5, trainLoss: 2, validationLoss: null, tokensPerSecond: 800 },
    ]);
    expect(report.unwritten.progress).toMatchObject({
      progress: 0.25,
      trainLoss: 2,
      validationLoss: 3,
      initialValidationLoss: 3,
      tokensPerSecond: 800,
    });
  });
  it('keeps the first validation loss as the initial one', () => {
    let report = addEvent(newRunReport(), metric({ epoch: 0, iteration: 0, validationLoss: 3 }), at(1));
    report = addEvent(report, metric({ validationLoss: 2 }), at(2));
    expect(report.unwritten.progress).toMatchObject({ validationLoss: 2, initialValidationLoss: 3 });
  });
  it('gives out what is unwritten once, and goes on numbering', () => {
    const taken = takeUnwritten(addEvent(newRunReport(), metric({}), at(1)));
    expect(taken.unwritten.metrics).toHaveLength(1);
    expect(taken.report.unwritten).toEqual({ progress: {}, metrics: [] });
    expect(addEvent(taken.report, metric({}), at(2)).unwritten.metrics).toMatchObject([{ sequence: 1 }]);
  });
  it('succeeds only through its result', () => {
    const step = { type: 'step', step: 'train', status: 'finished', message: '' } as const;
    expect(addEvent(newRunReport(), step, at(1)).outcome).toBeNull();
    const result = {
      type: 'result',
      outputPath: '/o',
      digest: 'd',
      sizeBytes: 1,
      finalTrainLoss: 1,
      initialValidationLoss: null,
      finalValidationLoss: null,
    } as const;
    expect(addEvent(newRunReport(), result, at(1)).outcome).toEqual({ kind: 'succeeded' });
  });
  it.each([
    { status: 'failed' as const, train: 'failed' },
    { status: 'cancelled' as const, train: 'cancelled' },
  ])('ends its running step as $status and leaves out what never began', ({ status, train }) => {
    let report = moveStep(newRunReport(), 'tokenise', { status: 'running', message: '', at: at(1) });
    report = moveStep(report, 'tokenise', { status: 'succeeded', message: 'done', at: at(2) });
    report = moveStep(report, 'train', { status: 'running', message: '', at: at(3) });
    expect(endSteps(report, status, at(4)).steps).toEqual([
      {
        step: 'tokenise',
        status: 'succeeded',
        message: 'done',
        startedAt: at(1).toISOString(),
        endedAt: at(2).toISOString(),
      },
      { step: 'train', status: train, message: '', startedAt: at(3).toISOString(), endedAt: at(4).toISOString() },
    ]);
  });
});
