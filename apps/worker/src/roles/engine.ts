import { readFile } from 'node:fs/promises';
import type { ProgramLink } from '@slipway/cluster/local/program';
import { connectToDriver } from '@slipway/cluster/local/program';
import { startEngineServer } from '@slipway/engine';
import { engineProgramSchema } from '@slipway/templates';

/** DRAIN_SECONDS is how long answers in flight may take to finish after the replica left the gateway's choice. */
const DRAIN_SECONDS = 30;

/** runEngine is the `engine` program: it serves one model on a free loopback port until it is asked to end. */
export async function runEngine(specPath: string): Promise<void> {
  const link = connectToDriver();
  try {
    const config = engineProgramSchema.parse(JSON.parse(await readFile(specPath, 'utf8')).config);
    const server = await startEngineServer({
      modelPath: config.modelPath,
      modelName: config.modelId,
      modelAliases: config.modelAliases,
      host: '127.0.0.1',
      port: 0,
      threads: config.threads,
      contextTokens: config.contextTokens,
      maxSequences: config.maxConcurrency,
      gpuLayers: config.gpuLayers,
      ...(config.systemMessage === null ? {} : { defaultSystemMessage: config.systemMessage }),
    });
    console.log(`${config.modelId} is computed with ${server.computesWith}`);
    let isClosing = false;
    process.on('SIGTERM', () => {
      if (isClosing) return;
      isClosing = true;
      server.close({ graceSeconds: DRAIN_SECONDS }).then(
        () => process.exit(0),
        (error: unknown) => fail(link, error),
      );
    });
    link.ready(`http://127.0.0.1:${server.port}`);
  } catch (error) {
    await fail(link, error);
  }
}

async function fail(link: ProgramLink, error: unknown): Promise<never> {
  console.error(error);
  await link.failed(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
