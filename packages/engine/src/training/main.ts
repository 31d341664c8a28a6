import { fstatSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { runTraining, workDirectoryOf } from './run-training.ts';
import { type TrainingSpec, trainingSpecSchema } from './spec.ts';

// How often a run looks whether the process that started it is still there.
const PARENT_CHECK_MILLISECONDS = 1000;
const CANCELLED_EXIT_CODE = 143;

function print(event: object): void {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
}

async function readSpec(specPath: string | undefined): Promise<TrainingSpec> {
  if (specPath === undefined) throw new Error('Usage: main.ts <spec.json>');
  const parsed = trainingSpecSchema.safeParse(JSON.parse(await readFile(specPath, 'utf8')));
  if (!parsed.success) throw new Error(`The training spec is wrong: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function cancelOn(spec: TrainingSpec): void {
  const cancel = () => {
    rmSync(workDirectoryOf(spec.outputPath, process.pid), { recursive: true, force: true });
    // A native thread is still computing: leaving in the ordinary way would wait for it.
    process.removeAllListeners('SIGTERM');
    process.kill(process.pid, 'SIGTERM');
    process.exit(CANCELLED_EXIT_CODE);
  };
  process.on('SIGTERM', cancel);
  process.on('SIGINT', cancel);
  process.on('disconnect', cancel);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) cancel();
  }, PARENT_CHECK_MILLISECONDS).unref();
  const stdin = fstatSync(0, { throwIfNoEntry: false });
  if (stdin?.isFIFO() || stdin?.isSocket()) {
    process.stdin.on('end', cancel).resume();
  }
}

try {
  const spec = await readSpec(process.argv[2]);
  cancelOn(spec);
  await runTraining(spec, print);
  process.exit(0);
} catch (error) {
  print({ type: 'error', message: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
