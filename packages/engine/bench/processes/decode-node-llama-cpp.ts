import { pathToFileURL } from 'node:url';
import { randomPrompt } from '../workloads/random-prompt.ts';

// Started by rows/node-llama-cpp.ts: what decode-ours.ts measures, with node-llama-cpp's own LlamaContext.
interface Sequence {
  evaluate(tokens: number[], options: object): AsyncIterable<number>;
}
interface Context {
  getSequence(): Sequence;
}
interface Model {
  createContext(options: object): Promise<Context>;
}
interface NodeLlamaCpp {
  getLlama(options: object): Promise<{ loadModel(options: object): Promise<Model> }>;
}

const [entry, argument] = process.argv.slice(2);
if (entry === undefined || argument === undefined) {
  throw new Error('usage: decode-node-llama-cpp.ts <entry module> <spec as JSON>');
}
const spec: {
  modelPath: string;
  threads: number;
  users: number;
  promptTokens: number;
  outputTokens: number;
  vocabSize: number;
} = JSON.parse(argument);
const { getLlama }: NodeLlamaCpp = await import(pathToFileURL(entry).href);
const llama = await getLlama({ build: 'never', gpu: false, maxThreads: spec.threads, logLevel: 'error' });
const model = await llama.loadModel({ modelPath: spec.modelPath });
const context = await model.createContext({
  sequences: spec.users,
  contextSize: spec.promptTokens + spec.outputTokens + 8,
  batchSize: 512,
  threads: spec.threads,
  flashAttention: true,
});

let firstTokens = 0;
let tokens = 0;
let allStarted = { atMs: Number.NaN, tokens: 0 };

async function generate(user: number): Promise<void> {
  const prompt = [...randomPrompt(spec.promptTokens, spec.vocabSize, 100 + user)];
  let own = 0;
  for await (const _ of context.getSequence().evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    own += 1;
    tokens += 1;
    if (own === 1) {
      firstTokens += 1;
      if (firstTokens === spec.users) allStarted = { atMs: performance.now(), tokens };
    }
    if (own === spec.outputTokens) return;
  }
}

await Promise.all(Array.from({ length: spec.users }, (_, user) => generate(user)));
const decodeTokensPerSecond = ((tokens - allStarted.tokens) * 1000) / (performance.now() - allStarted.atMs);
console.log(JSON.stringify({ decodeTokensPerSecond, tokens }));
process.exit(0);
