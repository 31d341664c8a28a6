import { CPU_FLAVOR, CPU_SLOTS_PER_CORE } from '@slipway/domain/catalog';
import type { FlavorDescription } from '../port.ts';
import type { Gpu } from './nvidia-smi.ts';

/** Machine is the host as the operating system tells it. */
export interface Machine {
  cpuModel: string;
  cores: number;
  memoryBytes: number;
  hostname: string;
}

/** LocalFlavor is a flavour with what each of its slots is: a device's id, or nothing for a share of the processor. */
export interface LocalFlavor extends FlavorDescription {
  deviceIds: string[] | null;
}

/** localFlavors decides which kinds of slots a machine has: processor shares, whole GPUs by model, MIG instances by model and profile. */
export function localFlavors(machine: Machine, gpus: readonly Gpu[]): LocalFlavor[] {
  const flavors = new Map<string, LocalFlavor>();
  const add = (flavor: Omit<LocalFlavor, 'totalSlots' | 'deviceIds'>, deviceId: string) => {
    const known = flavors.get(flavor.name) ?? {
      ...flavor,
      totalSlots: 0,
      deviceIds: [],
    };
    known.deviceIds?.push(deviceId);
    known.totalSlots += 1;
    flavors.set(flavor.name, known);
  };
  for (const gpu of gpus) {
    const name = flavorName(gpu.name);
    if (!gpu.isMigEnabled) {
      add(
        {
          name,
          kind: 'gpu',
          model: gpu.name,
          memoryBytes: gpu.memoryBytes,
          migProfile: null,
        },
        gpu.uuid,
      );
      continue;
    }
    for (const instance of gpu.migInstances) {
      add(
        {
          name: flavorName(`${name}-mig-${instance.profile}`),
          kind: 'mig',
          model: gpu.name,
          memoryBytes: migMemoryBytes(instance.profile),
          migProfile: instance.profile,
        },
        instance.uuid,
      );
    }
  }
  return [cpuFlavor(machine), ...flavors.values()];
}

function cpuFlavor(machine: Machine): LocalFlavor {
  return {
    name: CPU_FLAVOR,
    kind: 'cpu',
    model: machine.cpuModel,
    memoryBytes: null,
    migProfile: null,
    totalSlots: machine.cores * CPU_SLOTS_PER_CORE,
    deviceIds: null,
  };
}

function flavorName(model: string): string {
  return model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 64);
}

/** The profile's name carries its memory: `1g.18gb` has 18 GiB. */
function migMemoryBytes(profile: string): number | null {
  const gib = /\.(\d+)gb/.exec(profile)?.[1];
  return gib === undefined ? null : Number(gib) * 1024 ** 3;
}
