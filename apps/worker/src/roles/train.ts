import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { connectToDriver } from '@slipway/cluster/local/program';
import { runTraining, type TrainingEvent } from '@slipway/engine/training';
import { trainProgramSchema } from '@slipway/templates';

/** runTrain is the `train` program: it trains once, tells its events as JSON lines on stdout, and ends. SIGTERM ends it at once. */
export async function runTrain(specPath: string): Promise<void> {
  const link = connectToDriver();
  try {
    const config = trainProgramSchema.parse(JSON.parse(await readFile(specPath, 'utf8')).config);
    await mkdir(config.workDirectory, { recursive: true });
    link.ready(null);
    await runTraining(
      {
        baseModelPath: config.basePath,
        datasetPath: await nameDataset(config),
        outputPath: config.outputPath,
        epochs: config.epochs,
        learningRate: config.learningRate,
        contextTokens: config.contextTokens,
        validationFraction: config.validationFraction,
        seed: config.seed,
        threads: config.threads,
      },
      tell,
    );
    // A native thread may outlive the work; leaving does not wait for it.
    process.stdout.write('', () => process.exit(0));
  } catch (error) {
    console.error(error);
    await link.failed(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

/** The trainer tells the format of a data set by its ending, and artifacts have none. */
async function nameDataset(config: {
  workDirectory: string;
  datasetPath: string;
  datasetFormat: string;
}): Promise<string> {
  const name = join(config.workDirectory, config.datasetFormat === 'jsonl' ? 'dataset.jsonl' : 'dataset.txt');
  await rm(name, { force: true });
  await symlink(config.datasetPath, name);
  return name;
}

function tell(event: TrainingEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
