import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import type {
  ClusterDescription,
  ClusterDriver,
  EnsureResult,
  WorkloadOutput,
  WorkloadSpec,
  WorkloadState,
} from '../port.ts';
import { localFlavors, type Machine } from './inventory.ts';
import { type Gpu, queryGpus } from './nvidia-smi.ts';
import { type SlotGrant, SlotLedger } from './slot-ledger.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** JOB_NICENESS lets serving go first where it shares a core with training. */
const JOB_NICENESS = 5;
/** REPLACE_GRACE_SECONDS is how long a process may finish requests when its specification changed. */
const REPLACE_GRACE_SECONDS = 10;
/** CLOSE_GRACE_SECONDS: whoever stops the driver waits, and the gateway has let its requests finish before. */
const CLOSE_GRACE_SECONDS = 3;

/** LocalDriverOptions says how the local driver runs programs. */
export interface LocalDriverOptions {
  /** directory takes the specification files; it is made if missing. */
  directory: string;
  /** command is the command line that runs a program with a specification file. */
  command: (program: WorkloadSpec['program'], specPath: string) => string[];
  /** environment is the whole environment of every program: a program sees nothing else of ours. */
  environment: Record<string, string>;
  name?: string;
  machine?: () => Machine;
  gpus?: () => Promise<Gpu[]>;
  now?: () => Date;
}

interface Workload {
  specHash: string;
  specPath: string;
  process: SupervisedProcess;
}

/** createLocalDriver runs workloads as supervised child processes of this one. */
export function createLocalDriver(options: LocalDriverOptions): ClusterDriver {
  return new LocalDriver(options);
}

class LocalDriver implements ClusterDriver {
  readonly #options: LocalDriverOptions;
  readonly #ledger = new SlotLedger();
  readonly #workloads = new Map<string, Workload>();
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #changeListeners = new Set<(state: WorkloadState) => void>();
  readonly #outputListeners = new Set<(output: WorkloadOutput) => void>();
  #hasInventory = false;
  #isClosed = false;

  constructor(options: LocalDriverOptions) {
    this.#options = options;
  }

  async describe(): Promise<ClusterDescription> {
    const machine = (this.#options.machine ?? thisMachine)();
    const flavors = localFlavors(machine, await (this.#options.gpus ?? queryGpus)());
    this.#ledger.setFlavors(flavors);
    this.#hasInventory = true;
    return {
      name: this.#options.name ?? 'local',
      driver: 'local',
      machine,
      flavors: flavors.map(({ deviceIds: _, ...flavor }) => flavor),
    };
  }

  ensure(spec: WorkloadSpec): Promise<EnsureResult> {
    return this.#inTurn(spec.key, async () => {
      if (this.#isClosed)
        return {
          result: 'waiting',
          message: 'waits: this worker is stopping.',
        };
      if (!this.#hasInventory) await this.describe();
      const specHash = hashSpec(spec);
      const existing = this.#workloads.get(spec.key);
      const isRunning = existing !== undefined && existing.process.state.phase !== 'exited';
      if (isRunning && existing.specHash === specHash && existing.process.state.phase !== 'stopping') {
        return { result: 'unchanged' };
      }
      if (isRunning) await existing.process.stop('removed', REPLACE_GRACE_SECONDS);
      const decision = this.#ledger.take(spec.key, spec);
      if ('waitsFor' in decision) return { result: 'waiting', message: decision.waitsFor };
      await this.#start(spec, specHash, decision.grant);
      return { result: isRunning ? 'replaced' : 'started' };
    });
  }

  async remove(key: string, { graceSeconds }: { graceSeconds: number }): Promise<void> {
    // Not in turn: a removal must cut short the waiting of an `ensure` that replaces, and asking twice is harmless.
    const workload = this.#workloads.get(key);
    if (workload === undefined) return;
    await workload.process.stop('removed', graceSeconds);
    if (this.#workloads.get(key) !== workload) return;
    this.#workloads.delete(key);
    await rm(workload.specPath, { force: true });
  }

  async list(): Promise<WorkloadState[]> {
    return [...this.#workloads.values()].map((workload) => workload.process.state);
  }

  onChange(listener: (state: WorkloadState) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  onOutput(listener: (output: WorkloadOutput) => void): () => void {
    this.#outputListeners.add(listener);
    return () => this.#outputListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#turns.values());
    await Promise.all(
      [...this.#workloads.keys()].map((key) => this.remove(key, { graceSeconds: CLOSE_GRACE_SECONDS })),
    );
  }

  async #start(spec: WorkloadSpec, specHash: string, grant: SlotGrant): Promise<void> {
    const directory = this.#options.directory;
    const specPath = join(directory, `${createHash('sha256').update(spec.key).digest('hex').slice(0, 32)}.json`);
    try {
      await mkdir(directory, { recursive: true });
      await writeFile(specPath, JSON.stringify(spec), { mode: 0o600 });
    } catch (error) {
      this.#ledger.release(spec.key);
      throw error;
    }
    const supervised = new SupervisedProcess({
      key: spec.key,
      flavor: grant.flavor,
      slots: grant.slots,
      command: this.#options.command(spec.program, specPath),
      directory,
      environment: {
        ...this.#options.environment,
        CUDA_VISIBLE_DEVICES: grant.deviceIds?.join(',') ?? '',
      },
      niceness: spec.kind === 'job' ? JOB_NICENESS : 0,
      timeLimitSeconds: spec.timeLimitSeconds,
      now: this.#options.now ?? (() => new Date()),
      onChange: (state) => this.#onChange(state),
      onOutput: (output) => {
        for (const listener of this.#outputListeners) listener(output);
      },
    });
    this.#workloads.set(spec.key, { specHash, specPath, process: supervised });
    this.#onChange(supervised.state);
  }

  #onChange(state: WorkloadState): void {
    if (state.phase === 'exited') this.#ledger.release(state.key);
    for (const listener of this.#changeListeners) listener(state);
  }

  /** Two calls for one key never overlap: the second sees what the first did. */
  #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work, work);
    this.#turns.set(key, turn);
    const forget = () => {
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    };
    turn.then(forget, forget);
    return turn;
  }
}

/** thisMachine reads the host; memory is what a container limit leaves where there is one. */
function thisMachine(): Machine {
  const limit = process.constrainedMemory();
  return {
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryBytes: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    hostname: hostname(),
  };
}

function hashSpec(spec: WorkloadSpec): string {
  return createHash('sha256')
    .update(JSON.stringify(sortKeys(spec)))
    .digest('hex');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
