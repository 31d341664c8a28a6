import { describe, expect, it } from 'vitest';
import type { Status } from '../kernel/schemas.ts';
import type { DesiredRevision, ReplicaState } from './replica-state.ts';
import { summariseEndpoint } from './summarise-endpoint.ts';

const NOW = new Date('2026-11-21T10:00:00Z');
const stable: DesiredRevision = { id: 'r1', number: 1, role: 'stable', replicas: 2 };
const canary: DesiredRevision = { id: 'r2', number: 2, role: 'canary', replicas: 1 };
function replica(id: string, status: Status, more: Partial<ReplicaState> = {}): ReplicaState {
  const [revisionId = '', ordinal = '0'] = id.split('-');
  return {
    id,
    revisionId,
    ordinal: Number(ordinal),
    status,
    condition: { type: 'Ready', reason: 'Exited', message: 'Out of memory.', since: NOW.toISOString() },
    address: null,
    restarts: 0,
    nextAttemptAt: null,
    startedAt: null,
    readyAt: null,
    ...more,
  };
}
const soon = { nextAttemptAt: new Date('2026-11-21T10:00:04Z'), restarts: 2 };

describe('summariseEndpoint', () => {
  const table: [string, DesiredRevision[], ReplicaState[], Status, string][] = [
    ['nothing started yet', [stable], [], 'pending', 'Waiting for the worker to start 2 replicas.'],
    ['all load', [stable], [replica('r1-0', 'starting')], 'starting', '0 of 2 replicas ready. Out of memory.'],
    ['no slot is free', [stable], [replica('r1-0', 'pending')], 'pending', '0 of 2 replicas ready. Out of memory.'],
    [
      'one is ready, one loads',
      [stable],
      [replica('r1-0', 'ready'), replica('r1-1', 'starting')],
      'scaling',
      '1 of 2 replicas ready; starting the rest.',
    ],
    [
      'all are ready',
      [stable],
      [replica('r1-0', 'ready'), replica('r1-1', 'ready')],
      'ready',
      '2 of 2 replicas ready.',
    ],
    [
      'one of two failed',
      [stable],
      [replica('r1-0', 'ready'), replica('r1-1', 'failed', soon)],
      'degraded',
      '1 of 2 replicas ready. Revision 1: Out of memory. Trying again at 10:00:04 UTC.',
    ],
    [
      'one of two comes back',
      [stable],
      [replica('r1-0', 'ready'), replica('r1-1', 'starting', { restarts: 1 })],
      'degraded',
      '1 of 2 replicas ready. Revision 1: Out of memory.',
    ],
    [
      'every one failed',
      [stable],
      [replica('r1-0', 'failed', soon)],
      'failed',
      'Revision 1: Out of memory. Trying again at 10:00:04 UTC.',
    ],
    [
      'the canary failed beside a healthy stable',
      [stable, canary],
      [replica('r1-0', 'ready'), replica('r1-1', 'ready'), replica('r2-0', 'failed', soon)],
      'degraded',
      '2 of 3 replicas ready. Canary revision 2: Out of memory. Trying again at 10:00:04 UTC.',
    ],
    [
      'surplus is leaving',
      [stable],
      [replica('r1-0', 'ready'), replica('r1-1', 'ready'), replica('r1-2', 'scaling')],
      'scaling',
      '2 replicas ready; stopping 1 replica.',
    ],
    [
      'scaled to zero',
      [{ ...stable, replicas: 0 }],
      [],
      'paused',
      'Scaled to 0: it holds no slots and answers no requests.',
    ],
    [
      'retired revisions do not count',
      [
        { ...stable, replicas: 1 },
        { ...canary, role: 'retired' },
      ],
      [replica('r1-0', 'ready')],
      'ready',
      '1 of 1 replica ready.',
    ],
  ];
  it.each(table)('%s', (_sentence, revisions, replicas, status, message) => {
    const summary = summariseEndpoint({
      isDeleted: false,
      revisions,
      replicas,
      before: { status: 'pending', condition: null },
      now: NOW,
    });
    expect(summary).toMatchObject({ status, condition: { message } });
  });

  it('keeps the time since which it is so while nothing changes', () => {
    const earlier = '2026-11-21T09:00:00.000Z';
    const before = {
      status: 'paused' as const,
      condition: { type: 'Ready', reason: 'ScaledToZero', message: '', since: earlier },
    };
    const same = summariseEndpoint({
      isDeleted: false,
      revisions: [{ ...stable, replicas: 0 }],
      replicas: [],
      before,
      now: NOW,
    });
    expect(same.condition.since).toBe(earlier);
    const other = summariseEndpoint({ isDeleted: false, revisions: [stable], replicas: [], before, now: NOW });
    expect(other.condition.since).toBe(NOW.toISOString());
  });
});
