import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Engine, startEngineServer } from '../src/index.ts';
import { type BenchRow, printReport } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: path.join(import.meta.dirname, '../tiny-base/slipway-tiny.gguf') },
    threads: { type: 'string', default: '1' },
    full: { type: 'boolean', default: false },
  },
});
const requests = flags.full ? 10_000 : 2000;
const USERS = 16;

const server = await startEngineServer({
  modelPath: flags.model,
  modelName: 'bench',
  threads: Number(flags.threads),
  contextTokens: 256,
  maxSequences: 8,
});
if (server.engine === null) throw new Error('The model of this bench must generate text');
const engine: Engine = server.engine;
const url = `http://127.0.0.1:${server.port}/v1/completions`;
const outcomes = { finished: 0, cancelled: 0, refused: 0, unexpected: 0 };

/** attempt sends request number `number`: 30 % leave in the middle, 5 % are malformed, the rest are read to the end. */
async function attempt(number: number): Promise<void> {
  const isMalformed = number % 20 === 7;
  const leaves = number % 10 < 3;
  const controller = new AbortController();
  const prompt = `${number % 3 === 0 ? 'A shared beginning of some length that many ask. ' : ''}Request ${number % 97}`;
  const body = isMalformed
    ? '{"model": "bench", '
    : JSON.stringify({ model: 'bench', prompt, stream: true, max_tokens: 24 });
  try {
    const response = await fetch(url, { method: 'POST', body, signal: controller.signal });
    if (!response.ok) {
      await response.text();
      if (isMalformed && response.status === 400) outcomes.refused += 1;
      else outcomes.unexpected += 1;
      return;
    }
    for await (const _ of response.body ?? []) if (leaves) controller.abort();
    outcomes.finished += 1;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') outcomes.cancelled += 1;
    else outcomes.unexpected += 1;
  }
}

async function attack(from: number, to: number): Promise<void> {
  let next = from;
  const user = async () => {
    while (next < to) {
      next += 1;
      await attempt(next);
    }
  };
  await Promise.all(Array.from({ length: USERS }, user));
  while (engine.state.running + engine.state.waiting > 0) await new Promise((r) => setTimeout(r, 10));
}

/** residentMiB is the memory of this process, clients included. */
const residentMiB = () => process.memoryUsage().rss / 2 ** 20;

const startedMs = performance.now();
// Pools, compiled code and the heap grow to their size during the first half.
await attack(0, requests / 2);
const before = residentMiB();
await attack(requests / 2, requests);
const after = residentMiB();
const seconds = (performance.now() - startedMs) / 1000;
const { used } = engine.state.blocks;
await server.close();

const row = (workload: string, ours: number, unit: string, goal: string): BenchRow => ({
  workload,
  ours,
  anchor: null,
  unit,
  ratio: null,
  goal,
});
printReport('engine-abuse', [
  row(`${requests} requests of ${USERS} users, 30 % leave, 5 % malformed`, requests / seconds, 'requests/s', '-'),
  row('blocks still in use afterwards', used, 'blocks', '0'),
  row('answers that were neither whole, left nor refused', outcomes.unexpected, 'requests', '0'),
  {
    ...row('resident memory after, against half way', after, 'MiB', '<= 1.05x'),
    anchor: before,
    ratio: after / before,
  },
]);
console.error(JSON.stringify(outcomes));
if (used > 0 || outcomes.unexpected > 0) process.exitCode = 1;
