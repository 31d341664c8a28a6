import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './sources.ts';
import type { CheckStep } from './steps.ts';

/** StepResult is what came of a step; `output` says what is wrong when it did not pass. */
export interface StepResult {
  name: string;
  isPassed: boolean;
  output: string;
  seconds: number;
}

/** runStep runs one step of the check. */
export async function runStep(step: CheckStep): Promise<StepResult> {
  const startedAt = performance.now();
  const { isPassed, output } = 'find' in step ? found(step.find()) : await runCommand(step.command);
  return {
    name: step.name,
    isPassed,
    output,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

function found(problems: string[]) {
  return { isPassed: problems.length === 0, output: problems.join('\n') };
}

function runCommand([name = '', ...args]: string[]): Promise<{
  isPassed: boolean;
  output: string;
}> {
  return new Promise((done) => {
    let output = '';
    const child = spawn(join(root, 'node_modules/.bin', name), args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', (cause) => done({ isPassed: false, output: String(cause) }));
    child.once('close', (code) => done({ isPassed: code === 0, output }));
  });
}
