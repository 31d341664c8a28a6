import path from 'node:path';
import type { RowGroup } from '../bench-context.ts';
import { type Abuse, abuse } from '../http/abuse.ts';
import { type BenchRow, benchRow, currentLoad } from '../report/bench-row.ts';
import { startEngine } from '../servers/engine-server.ts';
import type { ServerUnderTest } from '../servers/server-under-test.ts';

// What was left in the middle ends with the next step.
const SETTLE_MS = 30_000;
// V8 collects late while there is room, which looks like a leak; within a small heap only a real one grows.
const SMALL_HEAP = ['--max-old-space-size=48', '--max-semi-space-size=4'];
const TINY_BASE = path.join(import.meta.dirname, '../../tiny-base/slipway-tiny.gguf');

/** ABUSE is W9: clients that leave, lie and dawdle; always on the tiny base, because it is the server that is tried. */
export const ABUSE: RowGroup = {
  anchors: [],
  measure: (ctx) => measureAbuse({ modelPath: TINY_BASE, threads: 1, requests: ctx.isQuick ? 200 : 2000 }),
};

/** measureAbuse attacks a server process in two halves and says what is left of it. */
export async function measureAbuse(options: {
  modelPath: string;
  threads: number;
  requests: number;
}): Promise<BenchRow[]> {
  const { requests, modelPath, threads } = options;
  const loadBefore = currentLoad();
  const server = await startEngine({ modelPath, threads, contextTokens: 256, maxSequences: 8 }, SMALL_HEAP);
  try {
    const startedMs = performance.now();
    // Pools, compiled code and the heap grow to their size during the first half.
    const first = await attack(server, 0, requests / 2);
    const second = await attack(server, requests / 2, requests);
    const seconds = (performance.now() - startedMs) / 1000;
    return abuseRows({ first, second, requests, seconds, loadBefore });
  } finally {
    await server.stop();
  }
}

interface Attack extends Abuse {
  residentMiB: number;
  /** usedShare of the KV blocks when nobody asks any more. */
  usedShare: number;
}

function abuseRows(input: {
  first: Attack;
  second: Attack;
  requests: number;
  seconds: number;
  loadBefore: number;
}): BenchRow[] {
  const { first, second, requests, loadBefore } = input;
  const row = (workload: string, unit: string, ours: number) => ({
    workload: `W9 ${workload}`,
    unit,
    ours: [ours],
    loadBefore,
  });
  const none = { of: 'ours', atMost: 0 } as const;
  const name = `${requests} requests: 30 % leave, 5 % malformed, one reads a piece a second`;
  const refusedShare = (first.refused + second.refused) / (first.malformed + second.malformed);
  return [
    benchRow(row(name, 'requests/s', requests / input.seconds)),
    benchRow({ ...row('KV blocks still in use afterwards', 'share', second.usedShare), goal: none }),
    benchRow({
      ...row('answers neither whole, left nor refused with 400', 'requests', first.unexpected + second.unexpected),
      goal: none,
    }),
    benchRow({
      ...row('refused with 400, of those malformed', 'share', refusedShare),
      goal: { of: 'ours', atLeast: 1 },
    }),
    benchRow({
      ...row("server's memory afterwards", 'MiB', second.residentMiB),
      isLowerBetter: true,
      anchor: [first.residentMiB],
      anchorName: 'half way',
      goal: { of: 'ratio', atLeast: 0.95 },
    }),
  ];
}

async function attack(server: ServerUnderTest, from: number, to: number): Promise<Attack> {
  const outcomes = await abuse(server.port, from, to);
  const deadlineMs = performance.now() + SETTLE_MS;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    const text = await response.text();
    const read = (name: string) => Number(new RegExp(`^vllm:${name}(?:{[^}]*})? (\\S+)$`, 'm').exec(text)?.[1]);
    const isQuiet = read('num_requests_running') + read('num_requests_waiting') === 0;
    if (isQuiet || performance.now() > deadlineMs) {
      return { ...outcomes, usedShare: read('kv_cache_usage_perc'), residentMiB: server.residentMiB() ?? Number.NaN };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
