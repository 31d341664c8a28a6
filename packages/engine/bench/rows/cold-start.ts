import { once } from 'node:events';
import path from 'node:path';
import { has, interleaved, type RowGroup } from '../bench-context.ts';
import { startChild } from '../processes/child.ts';
import { benchRow, currentLoad } from '../report/bench-row.ts';
import { startLlamaServer } from '../servers/llama-server.ts';
import { randomPrompt } from '../workloads/random-prompt.ts';

const SCRIPT = path.join(import.meta.dirname, '../processes/cold-start.ts');
const SIZES = { contextTokens: 512, maxSequences: 4 };

/** COLD_START is the time from before a process exists to its first streamed token, with the model in the page cache. */
export const COLD_START: RowGroup = {
  anchors: ['llamaServer'],
  async measure(ctx) {
    const { modelPath, threads } = ctx;
    const loadBefore = currentLoad();
    const llama = async () => {
      const startedMs = performance.now();
      const server = await startLlamaServer(ctx.anchors.paths.llamaServer, { modelPath, threads, ...SIZES });
      const readyMs = performance.now();
      const prompt = randomPrompt(4, ctx.vocabulary.vocabSize, 1);
      const { ttftMs } = await server.complete({ prompt, maxTokens: 1 });
      await server.stop();
      return (readyMs - startedMs + ttftMs) / 1000;
    };
    const results = await interleaved(ctx.runs, {
      anchor: has(ctx, 'llamaServer') ? llama : null,
      ours: () => startOurs(modelPath, threads),
    });
    return [
      benchRow({
        workload: 'cold start, process to first token',
        unit: 's',
        isLowerBetter: true,
        ...results,
        anchorName: 'llama-server',
        goal: { of: 'ours', atMost: 2 },
        loadBefore,
      }),
    ];
  },
};

async function startOurs(modelPath: string, threads: number): Promise<number> {
  const startedMs = performance.now();
  const child = startChild(process.execPath, [SCRIPT, modelPath, String(threads)]);
  const ended = once(child.process, 'exit').then(([code]) => {
    throw new Error(`The engine ended with ${code} before its first token: ${child.lastWords()}`);
  });
  const said = child.process.stdout ? once(child.process.stdout, 'data') : Promise.reject(new Error('No output'));
  await Promise.race([said, ended]);
  ended.catch(() => undefined);
  const seconds = (performance.now() - startedMs) / 1000;
  if (child.process.exitCode === null) await once(child.process, 'exit');
  return seconds;
}
