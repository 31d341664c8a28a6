import type { FlavorKind, WorkloadSpec } from '@slipway/domain/catalog';

export type { WorkloadSpec };

/** FlavorDescription is one kind of slot that a cluster has now. */
export interface FlavorDescription {
  name: string;
  kind: FlavorKind;
  model: string;
  memoryBytes: number | null;
  migProfile: string | null;
  totalSlots: number;
}

/** ClusterDescription is what a driver sees of its cluster. */
export interface ClusterDescription {
  name: string;
  driver: 'local' | 'kubernetes';
  machine: {
    cpuModel: string;
    cores: number;
    memoryBytes: number;
    hostname: string;
  } | null;
  flavors: FlavorDescription[];
}

/** WorkloadPhase: starting until the program says it is ready, stopping once it was asked to end, exited until removed or ensured again. */
export type WorkloadPhase = 'starting' | 'ready' | 'stopping' | 'exited';

/** WorkloadEnd says why a workload exited: by itself, because it was removed, or at its time limit. */
export type WorkloadEnd = 'exited' | 'removed' | 'time_limit';

/** WorkloadState is what a driver observes of one workload; slots are held from startedAt to exitedAt. */
export interface WorkloadState {
  key: string;
  phase: WorkloadPhase;
  /** address is where a ready service answers, `http://host:port`. */
  address: string | null;
  flavor: string;
  slots: number;
  pid: number | null;
  startedAt: Date;
  readyAt: Date | null;
  exitedAt: Date | null;
  end: WorkloadEnd | null;
  exitCode: number | null;
  signal: string | null;
  /** lastError is why it failed, in words: the program's own reason, else its last output, else how it ended. */
  lastError: string | null;
}

/** WorkloadOutput is one line that a workload wrote. */
export interface WorkloadOutput {
  key: string;
  at: Date;
  stream: 'stdout' | 'stderr';
  text: string;
}

/** EnsureResult says what `ensure` did; `waiting` comes with what the workload waits for. */
export type EnsureResult = { result: 'started' | 'replaced' | 'unchanged' } | { result: 'waiting'; message: string };

/** ClusterDriver carries workloads out on one cluster. Two exist: processes of this machine, and Kubernetes. */
export interface ClusterDriver {
  describe(): Promise<ClusterDescription>;
  /** ensure makes the workload run as specified: nothing if it does, a replacement if it runs another spec, a start if it is absent or exited. */
  ensure(spec: WorkloadSpec): Promise<EnsureResult>;
  /** remove asks the workload to end, forces it after the grace, forgets it, and resolves then; absent is fine. */
  remove(key: string, options: { graceSeconds: number }): Promise<void>;
  list(): Promise<WorkloadState[]>;
  /** onChange tells every change of phase, the last one with phase `exited`; it returns how to stop listening. */
  onChange(listener: (state: WorkloadState) => void): () => void;
  onOutput(listener: (output: WorkloadOutput) => void): () => void;
  /** close ends every workload that would not outlive this driver and frees what it holds. */
  close(): Promise<void>;
}
