import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Engine, GREEDY } from '../src/index.ts';
import { loadLlamaRunner } from '../src/runner/load-llama-runner.ts';
import { NullRunner } from './null-runner.ts';
import { type BenchRow, median, printReport, quantile } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: path.join(import.meta.dirname, '../tiny-base/slipway-tiny.gguf') },
    threads: { type: 'string', default: '2' },
    full: { type: 'boolean', default: false },
  },
});
const threads = Number(flags.threads);
const runs = flags.full ? 5 : 3;
const outputTokens = flags.full ? 256 : 48;
const PROMPT_TOKENS = 32;
const BATCHES = [1, 4, 8, 16];

/** coldStart measures from before the process starts to its first streamed token, in seconds. */
async function coldStart(): Promise<number> {
  const startedMs = performance.now();
  const script = path.join(import.meta.dirname, 'cold-start.ts');
  const child = spawn(process.execPath, [script, flags.model, flags.threads], { stdio: ['ignore', 'pipe', 'inherit'] });
  const seconds = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', () => resolve((performance.now() - startedMs) / 1000));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The engine process ended with ${code} before its first token`)));
  });
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  return seconds;
}

let promptNumber = 0;

/** prompt makes tokens that share no block with an earlier prompt. */
function prompt(tokens: number): Int32Array {
  promptNumber += 1;
  return Int32Array.from({ length: tokens }, (_, index) => 300 + ((index * 7 + promptNumber * 131) % 200));
}

async function generate(engine: Engine, promptTokens: Int32Array, maxTokens: number): Promise<number> {
  const generation = engine.generate({ promptTokens, maxTokens, sampling: GREEDY, ignoreEndOfGeneration: true });
  for await (const _ of generation);
  return (await generation.finished).timeToFirstTokenMs ?? Number.NaN;
}

async function tokensPerSecond(engine: Engine, users: number): Promise<number> {
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: users }, () => generate(engine, prompt(PROMPT_TOKENS), outputTokens)));
  return (users * outputTokens * 1000) / (performance.now() - startedMs);
}

async function measureModel(): Promise<BenchRow[]> {
  const { runner } = await loadLlamaRunner({
    modelPath: flags.model,
    threads,
    contextTokens: 512,
    maxSequences: 16,
  });
  const engine = new Engine({ runner, contextTokens: 512 });
  await tokensPerSecond(engine, 2);
  const rates = new Map<number, number[]>(BATCHES.map((users) => [users, []]));
  const prefills: number[] = [];
  const cold: number[] = [];
  const shared: number[] = [];
  // Interleaved, so that a change of the machine's mood meets all rows alike.
  for (let run = 0; run < runs; run += 1) {
    for (const users of BATCHES) rates.get(users)?.push(await tokensPerSecond(engine, users));
    const trunk = prompt(448);
    const coldMs = await generate(engine, trunk, 1);
    prefills.push((trunk.length * 1000) / coldMs);
    cold.push(coldMs);
    shared.push(await generate(engine, Int32Array.of(...trunk.subarray(0, 432), 301, 302), 1));
  }
  runner.close();
  const rate = (users: number) => median(rates.get(users) ?? []);
  const decode = BATCHES.map((users) => ({
    workload: `${users} user${users > 1 ? 's' : ''}, ${PROMPT_TOKENS} in, ${outputTokens} out`,
    ours: rate(users),
    anchor: users === 1 ? null : rate(1),
    unit: 'tok/s (anchor: one at a time)',
    ratio: users === 1 ? null : rate(users) / rate(1),
    goal: users === 16 ? '>= 3x (SmolLM2 Q4_1, 2 quiet cores)' : '-',
  }));
  const prefill = {
    workload: 'prefill 448',
    ours: median(prefills),
    anchor: null,
    unit: 'tok/s',
    ratio: null,
    goal: '-',
  };
  const prefix = {
    workload: 'first token, 432 of 434 tokens cached',
    ours: median(shared),
    anchor: median(cold),
    unit: 'ms (anchor: cold)',
    ratio: median(cold) / median(shared),
    goal: '>= 4x',
  };
  return [...decode, prefill, prefix];
}

async function measureControlPlane(): Promise<BenchRow[]> {
  const runner = new NullRunner();
  const engine = new Engine({ runner, contextTokens: 1024 });
  await Promise.all(Array.from({ length: 64 }, () => generate(engine, prompt(64), 900)));
  // The first steps are compiled while they run.
  const times = runner.betweenStepsMs.slice(200);
  const row = (name: string, share: number, goal: string) => ({
    workload: `control plane, 64 sequences, ${name}`,
    ours: quantile(times, share),
    anchor: null,
    unit: 'ms/step',
    ratio: null,
    goal,
  });
  return [row('p50', 0.5, '-'), row('p99', 0.99, '<= 0.15 ms')];
}

const starts: number[] = [];
for (let run = 0; run < runs; run += 1) starts.push(await coldStart());
const coldRow = {
  workload: 'cold start, process to first token',
  ours: median(starts),
  anchor: null,
  unit: 's',
  ratio: null,
  goal: '< 2 s (300 MB)',
};
printReport('engine', [coldRow, ...(await measureModel()), ...(await measureControlPlane())]);
