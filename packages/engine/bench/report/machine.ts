import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { LLAMA_VERSION } from '../../src/llama/index.ts';

// What ggml chooses its kernels by.
const RELEVANT_FLAGS = [
  'avx2',
  'fma',
  'f16c',
  'avx_vnni',
  'avx512f',
  'avx512vl',
  'avx512_vnni',
  'avx512_bf16',
  'avx512_fp16',
  'amx_int8',
  'amx_bf16',
  'amx_tile',
  'asimddp',
  'i8mm',
  'sve',
];

/** Machine is where figures come from; without it they mean nothing. */
export interface Machine {
  cpu: string;
  cpuFlags: string[];
  cores: number;
  memoryGiB: number;
  node: string;
  llama: string;
  /** commit is the last that changed the engine's source. */
  commit: string;
}

/** describeMachine reads what this machine is. */
export function describeMachine(): Machine {
  const flags = readCpuFlags();
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cpuFlags: RELEVANT_FLAGS.filter((flag) => flags.has(flag)),
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    llama: LLAMA_VERSION,
    commit: readCommit(),
  };
}

/** cpuSlug is the processor's name as part of a file name, with the flag that matters most for quantised weights. */
export function cpuSlug({ cpu, cpuFlags, cores }: Machine): string {
  const kernel = ['amx_int8', 'avx512_vnni', 'avx2', 'i8mm'].find((flag) => cpuFlags.includes(flag)) ?? 'plain';
  const name = cpu
    .replace(/\((R|TM)\)|processor|cpu|@.*/gi, ' ')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${name}-${kernel.replace('_', '-')}-${cores}c`;
}

function readCpuFlags(): Set<string> {
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    return new Set(line.trim().split(/\s+/));
  } catch {
    return new Set();
  }
}

// The last commit that changed the engine: results and benchmarks may be committed without changing what was measured.
function readCommit(): string {
  const source = path.join(import.meta.dirname, '../../src');
  const git = (...args: string[]) =>
    execFileSync('git', [...args, '--', source], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return git('log', '-1', '--format=%h') + (git('status', '--porcelain') === '' ? '' : '+changes');
  } catch {
    return 'unknown';
  }
}
