import path from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_ANCHORS } from './anchors/paths.ts';
import { prepareAnchors } from './anchors/prepare-anchors.ts';
import { engineTokens } from './parity/engine-tokens.ts';
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
  const expected = await llamaTokens(paths.llamaServer, { modelPath, threads, prompts, tokens });
  for (const batchInvariant of [false, true]) {
    for (const isTogether of [false, true]) {
      const actual = await engineTokens({ modelPath, threads, prompts, tokens, batchInvariant, isTogether });
      const name = `${path.basename(modelPath)}, ${isTogether ? `${prompts.length} together` : 'alone'}`;
      print(`${name}${batchInvariant ? ', batchInvariant' : ''}`, expected, actual);
    }
  }
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
