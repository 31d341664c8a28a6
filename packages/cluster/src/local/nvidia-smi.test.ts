import { describe, expect, it } from 'vitest';
import { localFlavors } from './inventory.ts';
import { parseGpus, queryGpus } from './nvidia-smi.ts';

const H200 = 'GPU-11111111-2222-3333-4444-555555555555';
const L40S = 'GPU-66666666-7777-8888-9999-000000000000';
const MIB = 1024 * 1024;
const machine = {
  cpuModel: 'Test CPU',
  cores: 4,
  memoryBytes: 8,
  hostname: 'host',
};

const cases = [
  {
    title: 'one H200',
    table: `0, ${H200}, NVIDIA H200, 143771, Disabled\n`,
    list: `GPU 0: NVIDIA H200 (UUID: ${H200})\n`,
    gpus: [
      {
        index: 0,
        uuid: H200,
        name: 'NVIDIA H200',
        memoryBytes: 143_771 * MIB,
        isMigEnabled: false,
        migInstances: [],
      },
    ],
    flavors: [
      {
        name: 'nvidia-h200',
        kind: 'gpu',
        totalSlots: 1,
        memoryBytes: 143_771 * MIB,
        deviceIds: [H200],
      },
    ],
  },
  {
    title: 'two kinds, one without MIG support',
    table: `0, ${H200}, NVIDIA H200, 143771, Disabled\n1, ${L40S}, NVIDIA L40S, 46068, [N/A]\n`,
    list: `GPU 0: NVIDIA H200 (UUID: ${H200})\nGPU 1: NVIDIA L40S (UUID: ${L40S})\n`,
    gpus: [
      {
        index: 0,
        uuid: H200,
        name: 'NVIDIA H200',
        memoryBytes: 143_771 * MIB,
        isMigEnabled: false,
        migInstances: [],
      },
      {
        index: 1,
        uuid: L40S,
        name: 'NVIDIA L40S',
        memoryBytes: 46_068 * MIB,
        isMigEnabled: false,
        migInstances: [],
      },
    ],
    flavors: [
      { name: 'nvidia-h200', kind: 'gpu', totalSlots: 1, deviceIds: [H200] },
      { name: 'nvidia-l40s', kind: 'gpu', totalSlots: 1, deviceIds: [L40S] },
    ],
  },
  {
    title: 'MIG on with two profiles: the whole GPU is no slot',
    table: `0, ${H200}, NVIDIA H200, 143771, Enabled\n`,
    list: [
      `GPU 0: NVIDIA H200 (UUID: ${H200})`,
      '  MIG 3g.71gb     Device  0: (UUID: MIG-a)',
      '  MIG 1g.18gb     Device  1: (UUID: MIG-b)',
      '  MIG 1g.18gb     Device  2: (UUID: MIG-c)',
    ].join('\n'),
    gpus: [
      {
        index: 0,
        uuid: H200,
        name: 'NVIDIA H200',
        memoryBytes: 143_771 * MIB,
        isMigEnabled: true,
        migInstances: [
          { profile: '3g.71gb', uuid: 'MIG-a' },
          { profile: '1g.18gb', uuid: 'MIG-b' },
          { profile: '1g.18gb', uuid: 'MIG-c' },
        ],
      },
    ],
    flavors: [
      {
        name: 'nvidia-h200-mig-3g-71gb',
        kind: 'mig',
        migProfile: '3g.71gb',
        totalSlots: 1,
        memoryBytes: 71 * 1024 ** 3,
        deviceIds: ['MIG-a'],
      },
      {
        name: 'nvidia-h200-mig-1g-18gb',
        kind: 'mig',
        migProfile: '1g.18gb',
        totalSlots: 2,
        deviceIds: ['MIG-b', 'MIG-c'],
      },
    ],
  },
  {
    title: 'MIG on without an instance: no slot',
    table: `0, ${H200}, NVIDIA H200, 143771, Enabled\n`,
    list: `GPU 0: NVIDIA H200 (UUID: ${H200})\n`,
    gpus: [
      {
        index: 0,
        uuid: H200,
        name: 'NVIDIA H200',
        memoryBytes: 143_771 * MIB,
        isMigEnabled: true,
        migInstances: [],
      },
    ],
    flavors: [],
  },
  {
    title: 'no driver',
    table: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
    list: 'Failed to initialize NVML: Driver/library version mismatch\n',
    gpus: [],
    flavors: [],
  },
  {
    title: 'garbage',
    table: '\u0000,,,,\n0, GPU-x\nfoo',
    list: '  MIG \n',
    gpus: [],
    flavors: [],
  },
];

describe('parseGpus and localFlavors', () => {
  it.each(cases)('$title', ({ table, list, gpus, flavors }) => {
    const parsed = parseGpus(table, list);
    expect(parsed).toEqual(gpus);
    const [cpu, ...rest] = localFlavors(machine, parsed);
    expect(cpu).toMatchObject({
      name: 'cpu',
      kind: 'cpu',
      model: 'Test CPU',
      totalSlots: 8,
      deviceIds: null,
    });
    expect(rest).toMatchObject(flavors);
    expect(rest).toHaveLength(flavors.length);
  });
  it('adds GPUs of one model up to one flavour', () => {
    const table = `0, ${H200}, NVIDIA H200, 143771, Disabled\n1, ${L40S}, NVIDIA H200, 143771, Disabled`;
    expect(localFlavors(machine, parseGpus(table, ''))[1]).toMatchObject({
      totalSlots: 2,
      deviceIds: [H200, L40S],
    });
  });
  it('takes a machine without nvidia-smi for one without GPUs', async () => {
    expect(await queryGpus('/no/such/nvidia-smi')).toEqual([]);
  });
});
