/** WorkloadOwner is whose output and changes a workload's are. */
export interface WorkloadOwner {
  ownerKind: 'run' | 'endpoint';
  ownerId: string;
  teamId: string;
  /** source is how the workload is named in its owner's log. */
  source: string;
}

/** WorkloadOwners says for each workload key that this worker started whose it is. */
export type WorkloadOwners = Map<string, WorkloadOwner>;
