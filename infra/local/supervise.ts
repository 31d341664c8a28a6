import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** ProgramSpec is one program of the stack. */
export interface ProgramSpec {
  name: string;
  args: string[];
  cwd: string;
  env: Record<string, string | undefined>;
  logFile: string;
  /** healthUrl answers 2xx once the program serves. */
  healthUrl: string;
}

/** Supervised is a running program that comes back when it dies. */
export interface Supervised {
  stop(): Promise<void>;
}

// A program that dies again and again is not restarted hot.
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
// Long enough for engines to finish what they stream.
const STOP_TIMEOUT_MS = 15_000;
const READY_TIMEOUT_MS = 120_000;

/** superviseProgram starts the program, resolves once it is healthy and restarts it when it dies. Throws with its last words when it never gets healthy. */
export async function superviseProgram(spec: ProgramSpec): Promise<Supervised> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = createWriteStream(spec.logFile, { flags: 'a' });
  const lastLines: string[] = [];
  let child: ChildProcess;
  let isStopping = false;
  let pauseMs = FIRST_PAUSE_MS;
  let exited: Promise<void>;
  let hasExited = false;
  let hasServed = false;

  const launch = () => {
    hasExited = false;
    // stdio with an IPC channel: the program sees the channel close when this process is killed.
    child = spawn(process.execPath, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        log.write(chunk);
        lastLines.push(...chunk.toString().split('\n').filter(Boolean));
        lastLines.splice(0, Math.max(0, lastLines.length - 20));
      });
    }
    exited = new Promise((done) => {
      child.once('exit', (code, signal) => {
        hasExited = true;
        done();
        // A program that never served has a reason that a restart does not mend.
        if (isStopping || !hasServed) return;
        process.stderr.write(
          `  ${spec.name} ended (${signal ?? code}); starting it again in ${pauseMs / 1000} s. Log: ${spec.logFile}\n`,
        );
        setTimeout(() => !isStopping && launch(), pauseMs);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      });
    });
  };
  launch();

  const stop = async () => {
    isStopping = true;
    if (!hasExited) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    }
    log.end();
  };
  await waitHealthy(spec, () => hasExited, stop, lastLines);
  hasServed = true;
  return { stop };
}

async function waitHealthy(
  spec: ProgramSpec,
  hasExited: () => boolean,
  stop: () => Promise<void>,
  lastLines: string[],
): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (hasExited()) break;
    const isHealthy = await fetch(spec.healthUrl, {
      signal: AbortSignal.timeout(2_000),
    }).then(
      (response) => response.ok,
      () => false,
    );
    if (isHealthy) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  await stop();
  throw new Error(
    `${spec.name} did not start. Its last words:\n${lastLines.join('\n')}\nThe whole log: ${spec.logFile}`,
  );
}
