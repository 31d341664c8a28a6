import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const running = new Set<ChildProcess>();
const STOP_MS = 15_000;
const LAST_WORDS = 2000;
// Linux counts processor time in hundredths of a second.
const TICKS_PER_SECOND = 100;

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Child is a process that a benchmark started and ends by itself. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  /** lastWords is the end of what it printed to stderr. */
  lastWords(): string;
  /** cpuSeconds it used so far, threads included; null where the system does not say. */
  cpuSeconds(): number | null;
  /** residentMiB is the memory it holds now; null where the system does not say. */
  residentMiB(): number | null;
  stop(): Promise<void>;
}

/** startChild starts a program; whatever happens to this process, the child ends with it. */
export function startChild(program: string, args: readonly string[]): Child {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS);
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} could not be started`);
  return {
    pid,
    process: child,
    lastWords: () => words,
    cpuSeconds: () => readCpuSeconds(pid),
    residentMiB: () => readResidentMiB(pid),
    stop: () => stop(child),
  };
}

/** runChild runs a program to its end and returns what it printed; it throws with its last words when it failed. */
export async function runChild(
  program: string,
  args: readonly string[],
  timeoutSeconds: number,
): Promise<{ output: string; cpuSeconds: number }> {
  const before = childrenCpuSeconds();
  const child = startChild(program, args);
  let output = '';
  child.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const timer = setTimeout(() => child.process.kill('SIGKILL'), timeoutSeconds * 1000);
  const [code, signal] = await once(child.process, 'close');
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${program} ended with ${code ?? signal}: ${child.lastWords()}`);
  return { output, cpuSeconds: childrenCpuSeconds() - before };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}

function readCpuSeconds(pid: number): number | null {
  const fields = statFields(pid);
  return fields === null ? null : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function readResidentMiB(pid: number): number | null {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) / 1024;
  } catch {
    return null;
  }
}

// Of all children that have ended and were waited for.
function childrenCpuSeconds(): number {
  const fields = statFields('self');
  return fields === null ? Number.NaN : (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

function statFields(pid: number | 'self'): string[] | null {
  try {
    // The name in parentheses may contain spaces; what follows it is the third field.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
