import { spawnSync } from 'node:child_process';
import { runStep } from './run-step.ts';
import { root } from './sources.ts';
import { STEPS } from './steps.ts';

let failures = 0;
for (const step of STEPS) {
  const result = await runStep(step);
  process.stdout.write(`${result.isPassed ? 'ok  ' : 'FAIL'} ${result.name} (${result.seconds.toFixed(1)} s)\n`);
  if (!result.isPassed) {
    failures++;
    process.stdout.write(`${result.output.trim()}\n`);
  }
}
const unit = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'packages/config/vitest.config.ts',
    '--project',
    'unit',
    '--reporter=dot',
  ],
  { cwd: root, stdio: 'inherit' },
);
if (unit.status !== 0) failures++;
process.exitCode = failures === 0 ? 0 : 1;
