/** WorkloadPhase is how far a workload is: `ready` answers (a service) or works (a job), `exited` has ended and stays listed until it is removed. */
export type WorkloadPhase = 'pending' | 'starting' | 'ready' | 'stopping' | 'exited';

/** ObservedWorkload is what a cluster driver says about the process of one replica or run; `key` is that one's id, `message` is why, in words. */
export interface ObservedWorkload {
  key: string;
  phase: WorkloadPhase;
  /** address is host:port once the workload can be reached. */
  address: string | null;
  message: string;
}
