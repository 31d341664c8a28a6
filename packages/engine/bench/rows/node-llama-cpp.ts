import path from 'node:path';
import { z } from 'zod';
import { has, interleaved, type RowGroup } from '../bench-context.ts';
import { runChild } from '../processes/child.ts';
import { runDecode } from '../processes/run-decode.ts';
import { benchRow, currentLoad } from '../report/bench-row.ts';

const USERS = 16;
const SCRIPT = path.join(import.meta.dirname, '../processes/decode-node-llama-cpp.ts');
const TIMEOUT_SECONDS = 900;
const printed = z.object({ decodeTokensPerSecond: z.number(), tokens: z.number() });

/** NODE_LLAMA_CPP compares with the usual way to run llama.cpp from Node. */
export const NODE_LLAMA_CPP: RowGroup = {
  anchors: ['nodeLlamaCpp'],
  async measure(ctx) {
    const { modelPath, threads } = ctx;
    const spec = { modelPath, threads, users: USERS, promptTokens: 32, outputTokens: ctx.isQuick ? 8 : 128 };
    const { nodeLlamaCpp } = ctx.anchors.paths;
    const anchor = async () => {
      const argument = JSON.stringify({ ...spec, vocabSize: ctx.vocabulary.vocabSize });
      const { output } = await runChild(process.execPath, [SCRIPT, nodeLlamaCpp, argument], TIMEOUT_SECONDS);
      const { decodeTokensPerSecond, tokens } = printed.parse(JSON.parse(output));
      if (tokens !== spec.users * spec.outputTokens) throw new Error(`node-llama-cpp made ${tokens} tokens`);
      return decodeTokensPerSecond;
    };
    const loadBefore = currentLoad();
    const results = await interleaved(ctx.runs, {
      anchor: has(ctx, 'nodeLlamaCpp') ? anchor : null,
      ours: async () => (await runDecode(spec)).decodeTokensPerSecond,
    });
    return [
      benchRow({
        workload: `decode, ${USERS} at once, from Node`,
        unit: 'tok/s',
        ...results,
        anchorName: 'node-llama-cpp LlamaContext',
        goal: { of: 'ratio', atLeast: 2.1 },
        loadBefore,
      }),
    ];
  },
};
