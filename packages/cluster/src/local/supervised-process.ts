import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import type { WorkloadEnd, WorkloadOutput, WorkloadState } from '../port.ts';
import { LineSplitter } from './line-splitter.ts';
import { parseProgramMessage } from './protocol.ts';

/** ERROR_LINES is how many last lines of stderr stand in for a reason that the program did not give. */
const ERROR_LINES = 5;
/** PIPE_GRACE_MS: output may still stand in the pipes when a process exits, unless a grandchild holds them open. */
const PIPE_GRACE_MS = 500;
const KEPT_EXCUSE = 1_000;

/** ProcessOptions is one process to supervise. */
export interface ProcessOptions {
  key: string;
  flavor: string;
  slots: number;
  command: string[];
  directory: string;
  environment: Record<string, string>;
  /** niceness above 0 lets other processes go first. */
  niceness: number;
  timeLimitSeconds: number | undefined;
  now: () => Date;
  onChange: (state: WorkloadState) => void;
  onOutput: (output: WorkloadOutput) => void;
}

/** SupervisedProcess is one child process from start to exit; `state` is always what is known of it now. */
export class SupervisedProcess {
  readonly exited: Promise<void>;
  #state: WorkloadState;
  #child: ChildProcess;
  #options: ProcessOptions;
  #failure: string | null = null;
  #lastErrorLines: string[] = [];
  #stopReason: WorkloadEnd | null = null;
  #timers: NodeJS.Timeout[] = [];
  #settle: () => void = () => {};

  constructor(options: ProcessOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.exited = promise;
    this.#settle = resolve;
    const [file = '', ...args] = options.command;
    this.#child = spawn(file, args, {
      cwd: options.directory,
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C in the terminal reaches only the parent, which drains; and grandchildren end with the group.
      detached: true,
    });
    this.#state = {
      key: options.key,
      phase: 'starting',
      address: null,
      flavor: options.flavor,
      slots: options.slots,
      pid: this.#child.pid ?? null,
      startedAt: options.now(),
      readyAt: null,
      exitedAt: null,
      end: null,
      exitCode: null,
      signal: null,
      lastError: null,
    };
    this.#watch();
  }

  /** state is a copy of what is known now. */
  get state(): WorkloadState {
    return { ...this.#state };
  }

  /** stop asks the process to end and forces it after the grace; it resolves when the process is gone. */
  async stop(reason: WorkloadEnd, graceSeconds: number): Promise<void> {
    if (this.#state.phase === 'exited') return;
    if (this.#state.phase !== 'stopping') {
      this.#stopReason = reason;
      this.#move({ phase: 'stopping' });
      this.#signal('SIGTERM');
    }
    this.#after(graceSeconds * 1_000, () => this.#signal('SIGKILL'));
    await this.exited;
  }

  #watch(): void {
    const child = this.#child;
    const { niceness, timeLimitSeconds } = this.#options;
    if (niceness > 0 && child.pid !== undefined) lowerPriority(child.pid, niceness);
    const splitters = [this.#read('stdout'), this.#read('stderr')];
    child.on('message', (message) => this.#onMessage(message));
    child.on('error', (error) => {
      this.#failure ??= `The process could not be started: ${error.message}`;
      if (child.pid === undefined) this.#onExit(null, null);
    });
    child.on('exit', (code, signal) => {
      const finish = () => {
        for (const splitter of splitters) splitter?.end();
        this.#onExit(code, signal);
      };
      child.once('close', finish);
      this.#after(PIPE_GRACE_MS, finish);
    });
    if (timeLimitSeconds !== undefined) {
      this.#after(timeLimitSeconds * 1_000, () => {
        this.#failure = `The time limit of ${formatLimit(timeLimitSeconds)} was reached.`;
        void this.stop('time_limit', 2);
      });
    }
  }

  #read(stream: 'stdout' | 'stderr'): LineSplitter | null {
    const readable = this.#child[stream];
    if (readable === null) return null;
    const splitter = new LineSplitter((text) => {
      if (stream === 'stderr' && text.trim() !== '')
        this.#lastErrorLines = [...this.#lastErrorLines, text].slice(-ERROR_LINES);
      this.#options.onOutput({
        key: this.#options.key,
        at: this.#options.now(),
        stream,
        text,
      });
    });
    readable.on('data', (chunk: Buffer) => splitter.write(chunk));
    return splitter;
  }

  #onMessage(raw: unknown): void {
    const message = parseProgramMessage(raw);
    if (message?.type === 'failed') this.#failure ??= message.message;
    if (message?.type === 'ready' && this.#state.phase === 'starting') {
      this.#move({
        phase: 'ready',
        address: message.address,
        readyAt: this.#options.now(),
      });
    }
  }

  #onExit(exitCode: number | null, signal: string | null): void {
    if (this.#state.phase === 'exited') return;
    for (const timer of this.#timers) clearTimeout(timer);
    const end = this.#stopReason ?? 'exited';
    this.#move({
      phase: 'exited',
      address: null,
      exitedAt: this.#options.now(),
      end,
      exitCode,
      signal,
      lastError: end === 'exited' && exitCode === 0 ? null : this.#excuse(exitCode, signal),
    });
    this.#settle();
  }

  #excuse(exitCode: number | null, signal: string | null): string {
    if (this.#failure !== null) return this.#failure.slice(0, KEPT_EXCUSE);
    if (this.#stopReason === 'removed') return 'It was asked to end.';
    const ending =
      signal === null
        ? `The process ended with exit code ${exitCode}.`
        : `The process was ended by ${signal}${signal === 'SIGKILL' ? ' (killed from outside, or out of memory)' : ''}.`;
    const output = this.#lastErrorLines.join('\n');
    return (output === '' ? ending : `${ending} Last output: ${output}`).slice(0, KEPT_EXCUSE);
  }

  #move(change: Partial<WorkloadState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onChange(this.state);
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#state.phase === 'exited') return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // ESRCH: the group ended between the look and the signal, which is what was wanted.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  #after(milliseconds: number, action: () => void): void {
    // setTimeout takes 32 bits; a limit beyond 24 days is no limit for a local process.
    const timer = setTimeout(action, Math.min(milliseconds, 2 ** 31 - 1));
    this.#timers.push(timer);
  }
}

function lowerPriority(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // The process has already ended; its exit tells why.
  }
}

function formatLimit(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
