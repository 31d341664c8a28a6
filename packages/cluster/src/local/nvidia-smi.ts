import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** MigInstance is one slice of a GPU that a workload can be given. */
export interface MigInstance {
  uuid: string;
  /** profile is NVIDIA's name, for example `1g.18gb`. */
  profile: string;
}

/** Gpu is one NVIDIA device as nvidia-smi tells it. */
export interface Gpu {
  index: number;
  uuid: string;
  name: string;
  memoryBytes: number;
  isMigEnabled: boolean;
  migInstances: MigInstance[];
}

/** GPU_QUERY is the table asked of nvidia-smi; parseGpus reads its columns in this order. */
export const GPU_QUERY = ['--query-gpu=index,uuid,name,memory.total,mig.mode.current', '--format=csv,noheader,nounits'];

const MIB = 1024 * 1024;
const GPU_ROW = /^(\d+),\s*(GPU-[0-9a-f-]+),\s*(.+?),\s*(\d+),\s*(\S+)$/i;
const LIST_GPU = /^GPU (\d+): .*\(UUID: (GPU-[0-9a-f-]+)\)/i;
const LIST_MIG = /^\s+MIG (\S+)\s+Device\s+\d+: \(UUID: (MIG-[^)]+)\)/i;

/** parseGpus reads nvidia-smi's table and its `-L` list (MIG instances stand only there); lines that it does not know are left out. */
export function parseGpus(table: string, list: string): Gpu[] {
  const migByGpu = parseMigInstances(list);
  const gpus: Gpu[] = [];
  for (const line of table.split('\n')) {
    const row = GPU_ROW.exec(line.trim());
    if (row === null) continue;
    const [, index = '', uuid = '', name = '', memoryMib = '', migMode = ''] = row;
    gpus.push({
      index: Number(index),
      uuid,
      name,
      memoryBytes: Number(memoryMib) * MIB,
      isMigEnabled: migMode === 'Enabled',
      migInstances: migByGpu.get(uuid) ?? [],
    });
  }
  return gpus;
}

function parseMigInstances(list: string): Map<string, MigInstance[]> {
  const byGpu = new Map<string, MigInstance[]>();
  let current: MigInstance[] = [];
  for (const line of list.split('\n')) {
    const gpu = LIST_GPU.exec(line);
    if (gpu?.[2] !== undefined) {
      current = [];
      byGpu.set(gpu[2], current);
      continue;
    }
    const mig = LIST_MIG.exec(line);
    if (mig?.[1] !== undefined && mig[2] !== undefined) current.push({ profile: mig[1], uuid: mig[2] });
  }
  return byGpu;
}

/** queryGpus asks nvidia-smi; a machine without it, or with a driver that does not answer in 5 s, has no GPUs. */
export async function queryGpus(command = 'nvidia-smi'): Promise<Gpu[]> {
  const run = promisify(execFile);
  try {
    const [table, list] = await Promise.all([
      run(command, GPU_QUERY, { timeout: 5_000 }),
      run(command, ['-L'], { timeout: 5_000 }),
    ]);
    return parseGpus(table.stdout, list.stdout);
  } catch {
    // No binary, no driver, no permission: for placing workloads these all mean "no GPU here".
    return [];
  }
}
