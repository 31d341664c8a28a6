import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type BenchRow, reportBench } from '@slipway/testing/bench-report';
import { Agent } from 'undici';
import { SECRET } from '../src/testing/test-gateway.ts';
import { CHUNKS } from './processes.ts';

const isFull = process.argv.includes('--full');
const ROUNDS = isFull ? 5 : 3;
const ROUND_MS = isFull ? 10_000 : 2_000;
const CALLERS = 64;
const STREAMS = isFull ? 256 : 64;

interface Side {
  child: ChildProcess;
  url: string;
}

async function start(role: string, upstream = ''): Promise<Side> {
  const child = fork(fileURLToPath(new URL('./processes.ts', import.meta.url)), [role, upstream]);
  const [message] = await once(child, 'message');
  return { child, url: `http://127.0.0.1:${message.port}` };
}

async function cpuMicros({ child }: Side): Promise<number> {
  child.send('cpu');
  const [message] = await once(child, 'message');
  return message.cpuMicros;
}

const body = (isStream: boolean) =>
  JSON.stringify({ model: 'chat', stream: isStream, messages: [{ role: 'user', content: 'word '.repeat(400) }] });

async function ask(agent: Agent, side: Side, isStream = false): Promise<void> {
  const response = await agent.request({
    origin: side.url,
    path: '/v1/chat/completions',
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: body(isStream),
  });
  const text = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`${side.url} answered ${response.statusCode}: ${text}`);
}

async function throughput(side: Side): Promise<{ rps: number; cpuMicros: number }> {
  const agent = new Agent({ connections: CALLERS });
  const cpuBefore = await cpuMicros(side);
  const startedAt = performance.now();
  let done = 0;
  const caller = async () => {
    while (performance.now() - startedAt < ROUND_MS) {
      await ask(agent, side);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = (await cpuMicros(side)) - cpuBefore;
  await agent.destroy();
  return { rps: done / seconds, cpuMicros: cpu / done };
}

async function sequentialMs(side: Side): Promise<number> {
  const agent = new Agent({ connections: 1 });
  const times: number[] = [];
  const count = isFull ? 5_000 : 1_000;
  for (let i = 0; i < count; i += 1) {
    const startedAt = performance.now();
    await ask(agent, side);
    times.push(performance.now() - startedAt);
  }
  await agent.destroy();
  return median(times);
}

async function streamed(side: Side): Promise<number> {
  const agent = new Agent({ connections: STREAMS });
  const cpuBefore = await cpuMicros(side);
  await Promise.all(Array.from({ length: STREAMS }, () => ask(agent, side, true)));
  const cpu = (await cpuMicros(side)) - cpuBefore;
  await agent.destroy();
  return cpu / (STREAMS * CHUNKS);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** compare runs both sides in turns, so that a busy machine slows both. */
async function compare(upstream: Side, floor: Side, ours: Side): Promise<BenchRow[]> {
  const seen = { floor: [] as number[][], ours: [] as number[][] };
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [name, side] of [
      ['floor', floor],
      ['ours', ours],
    ] as const) {
      const { rps, cpuMicros: cpu } = await throughput(side);
      // The first round warms both up.
      if (round >= 0) seen[name].push([rps, cpu, await sequentialMs(side), await streamed(side)]);
    }
  }
  const of = (name: 'floor' | 'ours', index: number) => median(seen[name].map((row) => row[index] ?? 0));
  const row = (workload: string, index: number, unit: string, goal: string): BenchRow => ({
    workload,
    ours: of('ours', index),
    anchor: of('floor', index),
    unit,
    goal,
  });
  const direct = await sequentialMs(upstream);
  return [
    row(`2 KB prompt, 1 KB answer, ${CALLERS} callers`, 0, 'requests/s', '>= 0.6x of the floor'),
    row('CPU for each of these requests', 1, 'us', '<= 120 us'),
    {
      workload: 'p50 added to the replica, one caller',
      ours: of('ours', 2) - direct,
      anchor: of('floor', 2) - direct,
      unit: 'ms',
      goal: '<= 0.3 ms',
    },
    row(`CPU for each streamed piece, ${STREAMS} streams`, 3, 'us', '<= 40 us'),
  ];
}

const upstream = await start('upstream');
const floor = await start('floor', upstream.url);
const ours = await start('ours', upstream.url);
try {
  reportBench('gateway', await compare(upstream, floor, ours));
} finally {
  for (const { child } of [ours, floor, upstream]) child.disconnect();
}
