import { startEngineServer } from '../../src/index.ts';

// Started by rows/cold-start.ts, which measures from before this process exists to the first token that it prints.
const [modelPath, threads] = process.argv.slice(2);
if (modelPath === undefined) throw new Error('usage: cold-start.ts <model.gguf> <threads>');
const server = await startEngineServer({
  modelPath,
  modelName: 'bench',
  threads: Number(threads),
  contextTokens: 512,
  maxSequences: 4,
});
const response = await fetch(`http://127.0.0.1:${server.port}/v1/completions`, {
  method: 'POST',
  body: JSON.stringify({ model: 'bench', prompt: 'Once upon a time', max_tokens: 1, temperature: 0, stream: true }),
});
for await (const chunk of response.body ?? []) {
  process.stdout.write(chunk);
  break;
}
await server.close({ graceSeconds: 0 });
