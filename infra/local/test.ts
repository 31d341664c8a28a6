import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStep } from '../../packages/config/check/run-step.ts';
import { STEPS } from '../../packages/config/check/steps.ts';
import { root } from './bootstrap.mjs';
import { installBrowser } from './browser.ts';
import { readLocalConfig } from './env.ts';
import { prepareCode } from './prepare.ts';

interface Tally {
  passed: number;
  failed: number;
}

const reportDir = mkdtempSync(join(tmpdir(), 'slipway-report-'));

/** runChecks counts each check as one test. */
async function runChecks(): Promise<Tally> {
  const tally = { passed: 0, failed: 0 };
  for (const step of STEPS) {
    const result = await runStep(step);
    process.stdout.write(`${result.isPassed ? 'ok  ' : 'FAIL'} ${result.name} (${result.seconds.toFixed(1)} s)\n`);
    if (!result.isPassed) process.stdout.write(`${result.output.trim()}\n`);
    tally[result.isPassed ? 'passed' : 'failed']++;
  }
  return tally;
}

/** runVitest runs unit and database tests; a runner that dies without a report counts as one failure. */
async function runVitest(): Promise<Tally> {
  const report = join(reportDir, 'vitest.json');
  const code = await run(
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      'packages/config/vitest.config.ts',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    {},
  );
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  return atLeastOneFailure(code, {
    passed: counts.numPassedTests,
    failed: counts.numFailedTests,
  });
}

/** runJourneys drives the real stack in a real browser. */
async function runJourneys(): Promise<Tally> {
  const report = join(reportDir, 'playwright.json');
  const browser = await installBrowser();
  const code = await run(
    [
      'e2e/node_modules/@playwright/test/cli.js',
      'test',
      '--config',
      'e2e/playwright.config.ts',
      '--reporter=list,json',
    ],
    {
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      SLIPWAY_E2E_BROWSER: browser,
    },
  );
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { stats } = JSON.parse(readFileSync(report, 'utf8'));
  // A flaky test is a broken one; a skipped one proves nothing, and says so by counting as failed.
  return atLeastOneFailure(code, {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + stats.skipped,
  });
}

function atLeastOneFailure(code: number | null, tally: Tally): Tally {
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

function run(args: string[], env: Record<string, string>): Promise<number | null> {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...readLocalConfig().inherited, ...env },
    });
    child.once('close', done);
  });
}

process.on('disconnect', () => process.exit(1));
await prepareCode();
const tallies = [await runChecks(), await runVitest(), await runJourneys()];
rmSync(reportDir, { recursive: true, force: true });
const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
