import { expect, test } from 'vitest';
import { type AttentionInput, findAttention } from './attention.ts';

const now = Date.UTC(2026, 10, 21, 12);
const quiet: AttentionInput = { team: 'vision', now, pendingRequests: 0, endpoints: [], runs: [], quota: [] };
const endpoint = (name: string, status: string, team = 'vision') => ({
  name,
  team,
  status,
  condition: { message: 'Why.' },
});
const run = (name: string, status: string, endedAt: string | null) => ({
  id: name,
  name,
  status,
  condition: null,
  endedAt,
});
const iso = (hours: number) => new Date(now + hours * 3_600_000).toISOString();

test('when all is well nothing needs anybody', () => {
  const input = { ...quiet, endpoints: [endpoint('chat', 'ready')], runs: [run('tune', 'succeeded', iso(-1))] };
  expect(findAttention(input)).toEqual([]);
});

test('the worst comes first', () => {
  const grants = [{ status: 'ready', endsAt: iso(5), slots: 2 }];
  const input = {
    ...quiet,
    pendingRequests: 2,
    endpoints: [endpoint('slow', 'degraded'), endpoint('dead', 'failed')],
    quota: [{ flavor: 'cpu', grantedSlots: 2, usedSlots: 1, grants }],
  };
  expect(findAttention(input).map((item) => item.title)).toEqual([
    'Endpoint dead is failed',
    'Endpoint slow is degraded',
    'A grant of 2 cpu slots ends soon',
    '2 quota requests wait for you',
  ]);
});

test('an old failure, a far end and another team are no news', () => {
  const grants = [
    { status: 'ready', endsAt: iso(24 * 10), slots: 2 },
    { status: 'ready', endsAt: null, slots: 2 },
  ];
  const input = {
    ...quiet,
    endpoints: [endpoint('theirs', 'failed', 'speech')],
    runs: [run('old', 'failed', iso(-24 * 5))],
    quota: [{ flavor: 'cpu', grantedSlots: 4, usedSlots: 4, grants }],
  };
  expect(findAttention(input)).toEqual([]);
});
