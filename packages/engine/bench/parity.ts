import path from 'node:path';
import { parseArgs } from 'node:util';
import { suitsKernels } from '../src/llama/kernels.ts';
import { DEFAULT_ANCHORS } from './anchors/paths.ts';
import { prepareAnchors } from './anchors/prepare-anchors.ts';
import { engineTokens } from './parity/engine-tokens.ts';
import { exactness } from './parity/exactness.ts';
import { llamaTokens } from './parity/llama-tokens.ts';
import { parityPrompts } from './parity/prompts.ts';

// Usage: node parity.ts [--model file.gguf ...] [--tokens 64] [--prompts 16] [--threads 2] [--anchors DIR]
const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', multiple: true },
    tokens: { type: 'string', default: '64' },
    prompts: { type: 'string', default: '16' },
    threads: { type: 'string', default: '2' },
    anchors: { type: 'string', default: DEFAULT_ANCHORS },
  },
});
const tokens = Number(flags.tokens);
const threads = Number(flags.threads);
const models = flags.model ?? [
  path.join(import.meta.dirname, '../tiny-base/slipway-tiny.gguf'),
  path.join(flags.anchors, 'models', 'smollm2.gguf'),
];
const { paths, missing } = await prepareAnchors(flags.anchors, new Set(['llamaServer']));
if (missing.size > 0) throw new Error('Parity needs llama-server to compare with');

for (const modelPath of models) {
  const prompts = await parityPrompts(modelPath, Number(flags.prompts));
  const input = { modelPath, threads, prompts, tokens };
  const expected = await llamaTokens(paths.llamaServer, input);
  // With the same kernels on both sides every token must be the same.
  for (const batchInvariant of [false, true]) {
    for (const isTogether of [false, true]) {
      const actual = await engineTokens({ ...input, batchInvariant, isTogether, kernels: false });
      const name = `${path.basename(modelPath)}, ggml's kernels, ${isTogether ? `${prompts.length} together` : 'alone'}`;
      print(`${name}${batchInvariant ? ', batchInvariant' : ''}: as llama-server`, expected, actual);
    }
  }
  if (!suitsKernels(modelPath)) continue;
  // Ours round otherwise, which turns near ties: they must be as near to the exact model, and never depend on their company.
  const alone = await engineTokens({ ...input, batchInvariant: false, isTogether: false, kernels: true });
  const together = await engineTokens({ ...input, batchInvariant: false, isTogether: true, kernels: true });
  print(`${path.basename(modelPath)}, our kernels: together as alone`, alone, together);
  print(`${path.basename(modelPath)}, our kernels: as llama-server`, expected, alone);
  const texts = prompts.map((prompt, number) => [...prompt, ...(expected[number] ?? [])]);
  const { positions, ours, ggml } = await exactness({ modelPath, threads, texts });
  console.log(
    `  most likely token as in the exact model: ours ${ours.sameTop}, ggml's ${ggml.sameTop} of ${positions}`,
  );
  console.log(`  mean error of logits: ours ${ours.error.toFixed(4)}, ggml's ${ggml.error.toFixed(4)}`);
}

function print(name: string, expected: readonly (readonly number[])[], actual: readonly (readonly number[])[]): void {
  const differences = expected.flatMap((tokens, prompt) => {
    const own = actual[prompt] ?? [];
    const at = tokens.findIndex((token, index) => token !== own[index]);
    return at === -1 && own.length === tokens.length ? [] : [{ prompt, at, llama: tokens[at], ours: own[at] }];
  });
  console.log(`${name}: ${expected.length - differences.length} of ${expected.length} prompts identical`);
  for (const { prompt, at, llama, ours } of differences) {
    console.log(`  prompt ${prompt} differs at token ${at}: llama.cpp ${llama}, ours ${ours}`);
  }
}
