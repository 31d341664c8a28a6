import path from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_ANCHORS } from './anchors/paths.ts';
import { prepareAnchors } from './anchors/prepare-anchors.ts';
import { fetchSmolLm2 } from './models/fetch-smollm2.ts';
import { ensureRandomModel } from './models/random-model.ts';

// Usage: node prepare.ts [--anchors DIR]: the anchors, SmolLM2 and the random models of the 2-core workloads.
const { values: flags } = parseArgs({ options: { anchors: { type: 'string', default: DEFAULT_ANCHORS } } });
const models = path.join(flags.anchors, 'models');

ensureRandomModel(path.join(models, 'qwen05-q4_0.gguf'), { shape: 'qwen05', type: 'q4_0', seed: 42 });
ensureRandomModel(path.join(models, 'qwen05-q8_0.gguf'), { shape: 'qwen05', type: 'q8_0', seed: 42 });
try {
  fetchSmolLm2(path.join(models, 'smollm2.gguf'));
} catch (error) {
  console.error(`Without SmolLM2: ${error instanceof Error ? error.message : String(error)}`);
}
const { paths, missing } = await prepareAnchors(
  flags.anchors,
  new Set(['batchedBench', 'llamaServer', 'llamaCompletion', 'nodeLlamaCpp']),
);
console.log(
  `Anchors in ${paths.bin}, models in ${models}${missing.size > 0 ? `, without ${[...missing.keys()].join(', ')}` : ''}`,
);
