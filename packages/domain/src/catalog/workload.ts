import { z } from 'zod';
import { FLAVOR_KINDS } from './contract.ts';

/** flavorKindSchema says what one slot of a flavour is. */
export const flavorKindSchema = z.enum(FLAVOR_KINDS);
/** FlavorKind says what one slot of a flavour is. */
export type FlavorKind = z.infer<typeof flavorKindSchema>;

/** JsonValue is what a program's configuration may hold: it crosses a process or cluster border as JSON. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** WorkloadSpec is one process to run, in no cluster's own words; a driver renders it. */
export interface WorkloadSpec {
  /** key names the workload for ever: `replica:<id>` or `run:<id>`. */
  key: string;
  /** kind: a service runs until it is removed, a job until it ends by itself. */
  kind: 'service' | 'job';
  /** program is the worker's role that the process runs. */
  program: 'engine' | 'train';
  /** config is the program's own configuration. */
  config: { [key: string]: JsonValue };
  /** flavor is the name of the slots' flavour, for example `cpu`. */
  flavor: string;
  slots: number;
  timeLimitSeconds?: number;
}

/** CPU_FLAVOR names the flavour of the local machine's processor slots. */
export const CPU_FLAVOR = 'cpu';
/** CPU_SLOTS_PER_CORE: a slot is half a core, so that a machine of two cores can serve two small models and train beside them. */
export const CPU_SLOTS_PER_CORE = 2;

/** threadsForSlots is how many compute threads a workload gets; a GPU workload's host side needs two (launch and sampling). */
export function threadsForSlots(kind: FlavorKind, slots: number): number {
  return kind === 'cpu' ? Math.ceil(slots / CPU_SLOTS_PER_CORE) : 2;
}

/** replicaKey is the workload key of an endpoint's replica. */
export const replicaKey = (replicaId: string) => `replica:${replicaId}`;
/** runKey is the workload key of a training run. */
export const runKey = (runId: string) => `run:${runId}`;

/** parseWorkloadKey tells what a workload key belongs to. */
export function parseWorkloadKey(key: string): {
  kind: 'replica' | 'run';
  id: string;
} {
  const match = /^(replica|run):(.+)$/.exec(key);
  if (match?.[1] === 'replica' && match[2] !== undefined) return { kind: 'replica', id: match[2] };
  if (match?.[1] === 'run' && match[2] !== undefined) return { kind: 'run', id: match[2] };
  throw new Error(`"${key}" is no workload key: it must be replica:<id> or run:<id>.`);
}
