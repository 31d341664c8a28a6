import { Worker } from 'node:worker_threads';
import type { ProgramMessage } from './protocol.ts';

/** ProgramLink is a program's side of its connection to the driver that started it. */
export interface ProgramLink {
  /** ready says that the program serves at the address (a job has none). */
  ready(address: string | null): void;
  /** failed says why the program is about to exit; it resolves when the driver has the message. */
  failed(message: string): Promise<void>;
}

/** connectToDriver ties this process's life to the driver's and reports to it; without a driver (started by hand) reports go to stdout. */
export function connectToDriver(): ProgramLink {
  if (process.send === undefined) {
    return {
      ready: (address) => console.log(JSON.stringify({ event: 'ready', address })),
      failed: async (message) => console.error(message),
    };
  }
  process.on('disconnect', () => process.exit(0));
  if (!process.connected) process.exit(0);
  new Worker(new URL('./parent-watch.ts', import.meta.url), {
    workerData: { parentPid: process.ppid },
  }).unref();
  return {
    ready: (address) => void send({ type: 'ready', address }),
    failed: (message) => send({ type: 'failed', message }),
  };
}

function send(message: ProgramMessage): Promise<void> {
  return new Promise((resolve) => {
    // A closed channel means that the driver is gone, and this process ends for that reason.
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}
