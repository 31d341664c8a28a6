import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClusterDriver, WorkloadOutput, WorkloadSpec, WorkloadState } from '../port.ts';
import { createLocalDriver } from './local-driver.ts';

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url).pathname;
let directory: string;
let driver: ClusterDriver;
let changes: WorkloadState[];
let output: WorkloadOutput[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-driver-'));
  driver = createLocalDriver({
    directory,
    command: (program, specPath) => [process.execPath, fixture('scripted-program.ts'), program, specPath],
    environment: { HOME: '/given-home' },
    machine: () => ({
      cpuModel: 'Test CPU',
      cores: 2,
      memoryBytes: 1,
      hostname: 'host',
    }),
    gpus: async () => [
      {
        index: 0,
        uuid: 'GPU-a',
        name: 'NVIDIA H200',
        memoryBytes: 1,
        isMigEnabled: false,
        migInstances: [],
      },
      {
        index: 1,
        uuid: 'GPU-b',
        name: 'NVIDIA H200',
        memoryBytes: 1,
        isMigEnabled: false,
        migInstances: [],
      },
    ],
  });
  changes = [];
  output = [];
  driver.onChange((state) => changes.push(state));
  driver.onOutput((line) => output.push(line));
});
afterEach(async () => {
  await driver.close();
  await rm(directory, { recursive: true });
});

function spec(behaviour: string, change: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return {
    key: 'replica:a',
    kind: 'service',
    program: 'engine',
    config: { behaviour },
    flavor: 'cpu',
    slots: 1,
    ...change,
  };
}
async function until(phase: WorkloadState['phase'], key = 'replica:a'): Promise<WorkloadState> {
  return vi.waitFor(
    async () => {
      const state = (await driver.list()).find((one) => one.key === key);
      if (state?.phase !== phase) throw new Error(`${key} is ${state?.phase}, not ${phase}`);
      return state;
    },
    { timeout: 10_000, interval: 10 },
  );
}
function isAlive(pid: number | null): boolean {
  try {
    return process.kill(pid ?? 0, 0);
  } catch {
    return false;
  }
}

describe('describe', () => {
  it('tells the machine, its processor slots and its GPUs', async () => {
    expect(await driver.describe()).toEqual({
      name: 'local',
      driver: 'local',
      machine: {
        cpuModel: 'Test CPU',
        cores: 2,
        memoryBytes: 1,
        hostname: 'host',
      },
      flavors: [
        {
          name: 'cpu',
          kind: 'cpu',
          model: 'Test CPU',
          memoryBytes: null,
          migProfile: null,
          totalSlots: 4,
        },
        {
          name: 'nvidia-h200',
          kind: 'gpu',
          model: 'NVIDIA H200',
          memoryBytes: 1,
          migProfile: null,
          totalSlots: 2,
        },
      ],
    });
  });
  it('reads this machine when it is not told of another', async () => {
    const real = createLocalDriver({
      directory,
      command: () => [],
      environment: {},
    });
    const { machine, flavors } = await real.describe();
    expect(machine).toMatchObject({
      cores: expect.any(Number),
      hostname: expect.any(String),
    });
    expect(flavors[0]?.totalSlots).toBe((machine?.cores ?? 0) * 2);
  });
});

describe('ensure', () => {
  it('starts a workload, which becomes ready with its address', async () => {
    expect(await driver.ensure(spec('serve'))).toEqual({ result: 'started' });
    const state = await until('ready');
    expect(state).toMatchObject({
      address: 'http://127.0.0.1:1',
      flavor: 'cpu',
      slots: 1,
      exitedAt: null,
      lastError: null,
    });
    expect(changes.map((change) => change.phase)).toEqual(['starting', 'ready']);
  });
  it('does nothing for the same specification, also when asked twice at once', async () => {
    const results = await Promise.all([driver.ensure(spec('serve')), driver.ensure(spec('serve'))]);
    expect(results.map((one) => one.result)).toEqual(['started', 'unchanged']);
    const { pid } = await until('ready');
    expect(await driver.ensure(spec('serve'))).toEqual({ result: 'unchanged' });
    expect((await until('ready')).pid).toBe(pid);
  });
  it('replaces a workload whose specification changed', async () => {
    await driver.ensure(spec('serve'));
    const before = await until('ready');
    expect(await driver.ensure(spec('serve', { slots: 2 }))).toEqual({
      result: 'replaced',
    });
    const after = await until('ready');
    expect(after).toMatchObject({ slots: 2 });
    expect(isAlive(before.pid)).toBe(false);
  });
  it('starts an exited workload again', async () => {
    await driver.ensure(spec('succeed'));
    const { pid } = await until('exited');
    expect(await driver.ensure(spec('succeed'))).toEqual({ result: 'started' });
    expect((await until('exited')).pid).not.toBe(pid);
  });
  it('waits in words while slots are in use, and starts when they are free', async () => {
    await driver.ensure(spec('serve', { slots: 3 }));
    const second = spec('serve', { key: 'replica:b', slots: 2 });
    expect(await driver.ensure(second)).toEqual({
      result: 'waiting',
      message: 'waits for slots: 3 of 4 cpu slots are in use on this machine and it needs 2.',
    });
    await driver.remove('replica:a', { graceSeconds: 1 });
    expect(await driver.ensure(second)).toEqual({ result: 'started' });
  });
  it('gives each GPU workload a device of its own, a CPU workload none, and neither sees our environment', async () => {
    for (const key of ['replica:a', 'replica:b'])
      await driver.ensure(spec('report itself', { key, flavor: 'nvidia-h200' }));
    await driver.ensure(spec('report itself', { key: 'run:c', kind: 'job' }));
    for (const key of ['replica:a', 'replica:b', 'run:c']) await until('ready', key);
    const seen = Object.fromEntries(output.map((line) => [line.key, JSON.parse(line.text)]));
    expect(seen).toEqual({
      'replica:a': { devices: 'GPU-a', niceness: 0, home: '/given-home' },
      'replica:b': { devices: 'GPU-b', niceness: 0, home: '/given-home' },
      'run:c': { devices: '', niceness: 5, home: '/given-home' },
    });
  });
});

describe('an exit', () => {
  it.each([
    {
      behaviour: 'give a reason and fail',
      exitCode: 3,
      lastError: 'the model file is truncated',
    },
    {
      behaviour: 'write to stderr and fail',
      exitCode: 7,
      lastError: 'The process ended with exit code 7. Last output: first line\ncannot map the file',
    },
    { behaviour: 'succeed', exitCode: 0, lastError: null },
  ])('of a program that would $behaviour carries its reason', async ({ behaviour, exitCode, lastError }) => {
    await driver.ensure(spec(behaviour));
    expect(await until('exited')).toMatchObject({
      exitCode,
      lastError,
      end: 'exited',
      address: null,
    });
  });
  it('of a killed process says so', async () => {
    await driver.ensure(spec('serve'));
    const { pid } = await until('ready');
    process.kill(pid ?? 0, 'SIGKILL');
    expect(await until('exited')).toMatchObject({
      signal: 'SIGKILL',
      lastError: 'The process was ended by SIGKILL (killed from outside, or out of memory).',
    });
  });
  it('of a program that does not exist says so', async () => {
    const broken = createLocalDriver({
      directory,
      command: () => ['/no/such/program'],
      environment: {},
    });
    const ended = Promise.withResolvers<WorkloadState>();
    broken.onChange((state) => state.phase === 'exited' && ended.resolve(state));
    await broken.ensure(spec('serve'));
    expect((await ended.promise).lastError).toContain('could not be started');
    await broken.close();
  });
  it('comes at the time limit', async () => {
    await driver.ensure(spec('ignore SIGTERM', { kind: 'job', timeLimitSeconds: 0.2 }));
    expect(await until('exited')).toMatchObject({
      end: 'time_limit',
      lastError: 'The time limit of 0.2 s was reached.',
    });
  });
});

describe('remove', () => {
  it('lets a process finish and keeps what it wrote last', async () => {
    await driver.ensure(spec('finish its work after SIGTERM'));
    await until('ready');
    await driver.remove('replica:a', { graceSeconds: 5 });
    expect(output.map((line) => line.text)).toEqual(['drained']);
    expect(changes.map((change) => change.phase)).toEqual(['starting', 'ready', 'stopping', 'exited']);
    expect(changes.at(-1)).toMatchObject({
      end: 'removed',
      exitCode: 0,
      signal: null,
    });
    expect(await driver.list()).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });
  it('forces a process that does not end within the grace', async () => {
    await driver.ensure(spec('ignore SIGTERM'));
    const { pid } = await until('ready');
    await driver.remove('replica:a', { graceSeconds: 0.1 });
    expect(changes.at(-1)).toMatchObject({ signal: 'SIGKILL', end: 'removed' });
    expect(isAlive(pid)).toBe(false);
  });
  it('of what is not there is fine', async () => {
    await driver.remove('replica:none', { graceSeconds: 1 });
    expect(changes).toEqual([]);
  });
});

describe('the end of the driver', () => {
  it('ends every child and starts no more', async () => {
    for (const key of ['replica:a', 'replica:b', 'replica:c']) await driver.ensure(spec('serve', { key }));
    const pids = (await driver.list()).map((state) => state.pid);
    await driver.close();
    expect(pids.map(isAlive)).toEqual([false, false, false]);
    expect(await driver.ensure(spec('serve'))).toMatchObject({
      result: 'waiting',
    });
  });
  it('by kill -9 of its process leaves no child, not even one whose main thread is blocked', async () => {
    const parent = spawn(process.execPath, [fixture('scripted-parent.ts'), directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pids = await new Promise<number[]>((resolve, reject) => {
      parent.stdout.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString()) as number[]));
      parent.once('exit', () => reject(new Error('the parent ended before its children were ready')));
    });
    expect(pids.map(isAlive)).toEqual([true, true]);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), {
      timeout: 5_000,
      interval: 25,
    });
  });
});
