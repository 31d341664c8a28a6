import { describe, expect, it } from 'vitest';
import type { ObservedWorkload, WorkloadPhase } from '../serving/workload-observation.ts';
import { planRun, type RunOutcome, type RunState } from './run-state.ts';

const NOW = new Date('2026-11-21T10:00:00Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const run = (more: Partial<RunState> = {}): RunState => ({
  id: 'run-1',
  status: 'pending',
  condition: null,
  timeLimitMinutes: 60,
  cancelRequestedAt: null,
  startedAt: null,
  endedAt: null,
  ...more,
});
const running = (more: Partial<RunState> = {}) => run({ status: 'running', startedAt: minutesAgo(5), ...more });
const workload = (phase: WorkloadPhase, message = ''): ObservedWorkload => ({
  key: 'run-1',
  phase,
  address: null,
  message,
});
const succeeded: RunOutcome = { kind: 'succeeded' };

describe('planRun', () => {
  const table: [string, RunState, ObservedWorkload | null, RunOutcome, string, string[]][] = [
    ['a new run is started', run(), null, null, 'starting', ['ensure']],
    [
      'a run that waits for a slot keeps waiting',
      run({ status: 'starting' }),
      workload('pending'),
      null,
      'starting',
      [],
    ],
    ['a working process is running', run({ status: 'starting' }), workload('ready'), null, 'running', []],
    [
      'a finished process with a result is registered, then cleaned up',
      running(),
      workload('exited'),
      succeeded,
      'succeeded',
      ['complete', 'remove'],
    ],
    [
      'a finished process without a result failed',
      running(),
      workload('exited', 'exit code 1'),
      null,
      'failed',
      ['remove'],
    ],
    [
      'a process that said why it failed',
      running(),
      workload('exited'),
      { kind: 'failed', message: 'bad data' },
      'failed',
      ['remove'],
    ],
    ['a process that went away is not started twice', running(), null, null, 'failed', []],
    [
      'cancelling asks the process to end and keeps its slots meanwhile',
      running({ cancelRequestedAt: NOW }),
      workload('ready'),
      null,
      'running',
      ['remove'],
    ],
    [
      'cancelling waits for a process that is ending',
      running({ cancelRequestedAt: NOW }),
      workload('stopping'),
      null,
      'running',
      [],
    ],
    ['cancelled once the process is gone', running({ cancelRequestedAt: NOW }), null, null, 'cancelled', []],
    ['cancelled before it began', run({ cancelRequestedAt: NOW }), null, null, 'cancelled', []],
    [
      'a cancelled run that finished at the same moment stays cancelled',
      running({ cancelRequestedAt: NOW }),
      workload('exited'),
      succeeded,
      'cancelled',
      ['remove'],
    ],
    ['the time limit stops it', running({ startedAt: minutesAgo(60) }), workload('ready'), null, 'running', ['remove']],
    ['failed by the time limit once it is gone', running({ startedAt: minutesAgo(61) }), null, null, 'failed', []],
    [
      'a result in hand beats the time limit',
      running({ startedAt: minutesAgo(61) }),
      workload('exited'),
      succeeded,
      'succeeded',
      ['complete', 'remove'],
    ],
    ['an ended run only cleans up', run({ status: 'failed' }), workload('exited'), null, 'failed', ['remove']],
    ['an ended run never begins again', run({ status: 'succeeded' }), null, null, 'succeeded', []],
  ];
  it.each(table)('%s', (_sentence, state, seen, outcome, status, kinds) => {
    const plan = planRun({ run: state, workload: seen, outcome, now: NOW });
    expect(plan.run.status).toBe(status);
    expect(plan.actions.map((action) => action.kind)).toEqual(kinds);
  });

  it('says what ended the run and what to do', () => {
    const limit = planRun({ run: running({ startedAt: minutesAgo(60) }), workload: null, outcome: null, now: NOW });
    expect(limit.run).toMatchObject({ endedAt: NOW, condition: { reason: 'TimeLimit' } });
    expect(limit.run.condition?.message).toBe(
      'It reached its time limit of 60 minutes. Launch it again with a longer limit or fewer epochs.',
    );
    const failed = planRun({ run: running(), workload: workload('exited', 'exit code 1'), outcome: null, now: NOW });
    expect(failed.run.condition?.message).toBe('exit code 1');
  });

  it('looks again when the time limit is reached', () => {
    const plan = planRun({ run: running(), workload: workload('ready'), outcome: null, now: NOW });
    expect(plan.wakeAt).toEqual(new Date(NOW.getTime() + 55 * 60_000));
  });
});
