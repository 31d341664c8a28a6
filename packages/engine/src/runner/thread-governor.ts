/** StepTiming is what one step took on the wall clock and of the processor. */
export interface StepTiming {
  wallMs: number;
  /** cpuMs is the processor time of the whole process during the step. */
  cpuMs: number;
  nowMs: number;
}

// Shorter steps say little: timers and other work of the process weigh too much.
const LEAST_WALL_MS = 2;
// All threads compute or spin during a step, so a smaller share of their cores means that somebody else has them.
const FREE_SHARE = 0.85;
// Less than this, and the threads have waited for each other most of the step.
const STARVED_SHARE = 0.6;
const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 60_000;

/** Patience is how many steps that others slowed down it takes until fewer threads compute; starved ones may count at once. */
export interface Patience {
  sharedSteps: number;
  starvedSteps: number;
}

/** SPINNING is for ggml's threads, of which one without a core holds up the machine; SLEEPING for ours, which only lose some time. */
export const SPINNING: Patience = { sharedSteps: 3, starvedSteps: 1 };
export const SLEEPING: Patience = { sharedSteps: 8, starvedSteps: 8 };

/**
 * ThreadGovernor chooses how many threads compute a step. ggml's threads wait for each other by spinning, so one thread whose
 * core is taken by another process holds up all others, and everybody else on the machine: then fewer threads are faster.
 */
export class ThreadGovernor {
  threads: number;
  private readonly maxThreads: number;
  private readonly patience: Patience;
  private sharedSteps = 0;
  private retryAtMs = 0;
  private retryMs = FIRST_RETRY_MS;
  private calmSteps = 0;

  constructor(maxThreads: number, patience: Patience = SPINNING) {
    this.maxThreads = maxThreads;
    this.patience = patience;
    this.threads = maxThreads;
  }

  /** observe learns from a step that ran with the current number of threads. */
  observe({ wallMs, cpuMs, nowMs }: StepTiming): void {
    if (wallMs < LEAST_WALL_MS) return;
    const cores = cpuMs / wallMs;
    const share = cores / this.threads;
    if (this.threads > 1 && share < FREE_SHARE) {
      this.calmSteps = 0;
      this.sharedSteps += 1;
      const { sharedSteps, starvedSteps } = this.patience;
      if (this.sharedSteps >= (share < STARVED_SHARE ? starvedSteps : sharedSteps)) this.useLess(cores, nowMs);
      return;
    }
    this.sharedSteps = 0;
    this.calmSteps += 1;
    // A long calm forgets earlier trouble.
    if (this.threads === this.maxThreads && this.calmSteps > 100) this.retryMs = FIRST_RETRY_MS;
    if (this.threads < this.maxThreads && nowMs >= this.retryAtMs) {
      this.threads += 1;
      this.calmSteps = 0;
    }
  }

  private useLess(cores: number, nowMs: number): void {
    this.threads = Math.max(1, Math.min(this.threads - 1, Math.floor(cores)));
    this.sharedSteps = 0;
    this.retryAtMs = nowMs + this.retryMs;
    // Each failed try costs a slow step, so tries become rarer.
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }
}
