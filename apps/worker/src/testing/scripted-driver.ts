import type { ClusterDriver, WorkloadOutput, WorkloadSpec, WorkloadState } from '@slipway/cluster';

/** ScriptedDriver is a cluster in memory whose processes do what the test says. */
export interface ScriptedDriver extends ClusterDriver {
  specs: Map<string, WorkloadSpec>;
  removals: { key: string; graceSeconds: number }[];
  freeSlots: number;
  ready(key: string, address?: string): void;
  exit(key: string, lastError: string | null): void;
  print(key: string, text: string, stream?: 'stdout' | 'stderr'): void;
}

/** createScriptedDriver makes an empty cluster; a removed process ends at once unless `holdRemovals`. */
export function createScriptedDriver(now: () => Date): ScriptedDriver {
  const states = new Map<string, WorkloadState>();
  const changeListeners = new Set<(state: WorkloadState) => void>();
  const outputListeners = new Set<(output: WorkloadOutput) => void>();
  const move = (key: string, change: Partial<WorkloadState>) => {
    const state = states.get(key);
    if (state === undefined) throw new Error(`There is no workload ${key}.`);
    const next = { ...state, ...change };
    states.set(key, next);
    for (const listener of changeListeners) listener(next);
  };
  const usedSlots = () =>
    [...states.values()].reduce((sum, state) => sum + (state.phase === 'exited' ? 0 : state.slots), 0);

  const driver: ScriptedDriver = {
    specs: new Map(),
    removals: [],
    freeSlots: 8,
    async describe() {
      return {
        name: 'local',
        driver: 'local',
        machine: null,
        flavors: [{ name: 'cpu', kind: 'cpu', model: 'Test CPU', memoryBytes: null, migProfile: null, totalSlots: 8 }],
      };
    },
    async ensure(spec) {
      const running = states.get(spec.key);
      if (running !== undefined && running.phase !== 'exited') return { result: 'unchanged' };
      if (usedSlots() + spec.slots > driver.freeSlots)
        return { result: 'waiting', message: 'waits for slots: all are in use.' };
      driver.specs.set(spec.key, spec);
      const { key, flavor, slots } = spec;
      const nothing = {
        address: null,
        pid: 1,
        readyAt: null,
        exitedAt: null,
        end: null,
        exitCode: null,
        signal: null,
        lastError: null,
      };
      states.set(key, { key, phase: 'starting', flavor, slots, startedAt: now(), ...nothing });
      move(key, {});
      return { result: 'started' };
    },
    async remove(key, { graceSeconds }) {
      driver.removals.push({ key, graceSeconds });
      if (!states.has(key)) return;
      move(key, { phase: 'stopping' });
      move(key, { phase: 'exited', end: 'removed', exitedAt: now() });
      states.delete(key);
    },
    list: async () => [...states.values()],
    onChange(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    onOutput(listener) {
      outputListeners.add(listener);
      return () => outputListeners.delete(listener);
    },
    async close() {
      for (const key of [...states.keys()]) await driver.remove(key, { graceSeconds: 0 });
    },
    ready: (key, address = 'http://127.0.0.1:1') => move(key, { phase: 'ready', address, readyAt: now() }),
    exit: (key, lastError) =>
      move(key, {
        phase: 'exited',
        address: null,
        exitedAt: now(),
        end: 'exited',
        exitCode: lastError === null ? 0 : 1,
        lastError,
      }),
    print(key, text, stream = 'stdout') {
      for (const listener of outputListeners) listener({ key, at: now(), stream, text });
    },
  };
  return driver;
}
