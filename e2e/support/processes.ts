import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** enginePidOn finds the process that listens at `http://127.0.0.1:<port>`, by the kernel's own tables. */
export function enginePidOn(address: string): number {
  const port = Number(new URL(address).port).toString(16).toUpperCase().padStart(4, '0');
  const listening = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find((fields) => fields[1]?.endsWith(`:${port}`) && fields[3] === '0A');
  const socket = `socket:[${listening?.[9]}]`;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (openFiles(pid).includes(socket)) return Number(pid);
  }
  throw new Error(`no process listens at ${address}`);
}

function openFiles(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return '';
      }
    });
  } catch {
    // the process ended meanwhile, or is somebody else's
    return [];
  }
}
