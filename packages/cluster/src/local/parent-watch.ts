import { workerData } from 'node:worker_threads';

/** WATCH_INTERVAL_MS bounds how long an orphan lives; looking is one system call. */
const WATCH_INTERVAL_MS = 250;
const { parentPid } = workerData as { parentPid: number };

// A thread of its own, because the main thread may be inside a native call for minutes and would not see its channel close.
setInterval(() => {
  if (process.ppid !== parentPid) process.kill(process.pid, 'SIGKILL');
}, WATCH_INTERVAL_MS);
