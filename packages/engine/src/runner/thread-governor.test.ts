import { describe, expect, test } from 'vitest';
import { ThreadGovernor } from './thread-governor.ts';

/** Machine runs steps of 20 ms on `freeCores` cores that others leave. */
class Machine {
  freeCores = 4;
  nowMs = 0;
  readonly governor: ThreadGovernor;

  constructor(maxThreads: number) {
    this.governor = new ThreadGovernor(maxThreads);
  }

  run(steps: number): number[] {
    return Array.from({ length: steps }, () => {
      const { threads } = this.governor;
      const wallMs = 20;
      this.nowMs += wallMs;
      this.governor.observe({ wallMs, cpuMs: Math.min(threads, this.freeCores) * wallMs, nowMs: this.nowMs });
      return threads;
    });
  }
}

describe('ThreadGovernor', () => {
  test('keeps all threads on a machine of its own', () => {
    expect(new Set(new Machine(4).run(1000))).toEqual(new Set([4]));
  });

  test('leaves the cores that others use after one starved step', () => {
    const machine = new Machine(4);
    machine.freeCores = 2;
    expect(machine.run(3)).toEqual([4, 2, 2]);
  });

  test('leaves cores that are only partly used after a few steps', () => {
    const machine = new Machine(4);
    machine.freeCores = 3.2;
    expect(machine.run(5)).toEqual([4, 4, 4, 3, 3]);
  });

  test('comes back when the others are gone', () => {
    const machine = new Machine(2);
    machine.freeCores = 1;
    machine.run(10);
    expect(machine.governor.threads).toBe(1);
    machine.freeCores = 2;
    machine.run(200);
    expect(machine.governor.threads).toBe(2);
  });

  test('tries more threads ever more rarely while the others stay', () => {
    const machine = new Machine(2);
    machine.freeCores = 1;
    const threads = machine.run(10_000);
    const slowSteps = threads.filter((count) => count === 2).length;
    expect(slowSteps).toBeLessThan(12);
  });

  test('never goes below one thread, and does not judge by steps too short to measure', () => {
    const governor = new ThreadGovernor(2);
    governor.observe({ wallMs: 1, cpuMs: 0.1, nowMs: 1 });
    expect(governor.threads).toBe(2);
    for (let step = 1; step < 10; step += 1) governor.observe({ wallMs: 50, cpuMs: 5, nowMs: step * 50 });
    expect(governor.threads).toBe(1);
  });
});
