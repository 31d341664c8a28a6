import path from 'node:path';
import { startEngineServer } from '../../src/index.ts';
import type { RowGroup } from '../bench-context.ts';
import { type Abuse, abuse } from '../http/abuse.ts';
import { type BenchRow, benchRow, currentLoad } from '../report/bench-row.ts';

const TINY_BASE = path.join(import.meta.dirname, '../../tiny-base/slipway-tiny.gguf');

/** ABUSE is W9: clients that leave, lie and dawdle; always on the tiny base, because it is the server that is tried. */
export const ABUSE: RowGroup = {
  anchors: [],
  measure: (ctx) => measureAbuse({ modelPath: TINY_BASE, threads: 1, requests: ctx.isQuick ? 200 : 2000 }),
};

/** measureAbuse attacks a server in two halves and says what is left of it. */
export async function measureAbuse(options: {
  modelPath: string;
  threads: number;
  requests: number;
}): Promise<BenchRow[]> {
  const { requests, modelPath, threads } = options;
  const loadBefore = currentLoad();
  const server = await startEngineServer({
    modelPath,
    modelName: 'bench',
    threads,
    contextTokens: 256,
    maxSequences: 8,
  });
  const startedMs = performance.now();
  // Pools, compiled code and the heap grow to their size during the first half.
  const first = await attack(server, 0, requests / 2);
  const before = residentMiB();
  const second = await attack(server, requests / 2, requests);
  const after = residentMiB();
  const seconds = (performance.now() - startedMs) / 1000;
  const { used } = server.engine.state.blocks;
  await server.close();
  const row = (workload: string, unit: string, ours: number) => ({
    workload: `W9 ${workload}`,
    unit,
    ours: [ours],
    loadBefore,
  });
  const none = { of: 'ours', atMost: 0 } as const;
  return [
    benchRow(
      row(
        `${requests} requests: 30 % leave, 5 % malformed, one reads a piece a second`,
        'requests/s',
        requests / seconds,
      ),
    ),
    benchRow({ ...row('blocks still in use afterwards', 'blocks', used), goal: none }),
    benchRow({
      ...row('answers neither whole, left nor refused with 400', 'requests', first.unexpected + second.unexpected),
      goal: none,
    }),
    benchRow({
      ...row(
        'refused with 400, of those malformed',
        'share',
        (first.refused + second.refused) / (first.malformed + second.malformed),
      ),
      goal: { of: 'ours', atLeast: 1 },
    }),
    benchRow({
      ...row('resident memory after, clients included', 'MiB', after),
      isLowerBetter: true,
      anchor: [before],
      anchorName: 'half way',
      goal: { of: 'ratio', atLeast: 0.95 },
    }),
  ];
}

async function attack(server: Awaited<ReturnType<typeof startEngineServer>>, from: number, to: number): Promise<Abuse> {
  const outcomes = await abuse(server.port, from, to);
  const deadlineMs = performance.now() + 30_000;
  const { engine } = server;
  while (engine.state.running + engine.state.waiting > 0 && performance.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return outcomes;
}

function residentMiB(): number {
  return process.memoryUsage().rss / 2 ** 20;
}
