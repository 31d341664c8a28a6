import { fstatSync } from 'node:fs';
import type { Role } from './start-worker.ts';

/** STOP_LIMIT_MS: whoever stops a worker waits no longer; the engines have ended by then. */
const STOP_LIMIT_MS = 9_500;
const [role, specPath] = process.argv.slice(2);

// Programs load only what they run: an engine starts without the worker's database and gateway.
if (role === 'engine' || role === 'train') {
  if (specPath === undefined) refuse(`Usage: main.ts ${role} <specification file>`);
  if (role === 'engine') await (await import('./roles/engine.ts')).runEngine(specPath);
  else await (await import('./roles/train.ts')).runTrain(specPath);
} else {
  await runWorker(process.argv.slice(2));
}

async function runWorker(names: string[]): Promise<void> {
  const { ROLES, startWorker } = await import('./start-worker.ts');
  const { readEnvironment } = await import('./env.ts');
  const isRole = (name: string): name is Role => ROLES.some((known) => known === name);
  const unknown = names.find((name) => !isRole(name));
  if (unknown !== undefined)
    refuse(`There is no role "${unknown}". The roles are ${ROLES.join(', ')}, engine and train.`);
  const roles = names.length === 0 ? ROLES : names.filter(isRole);
  try {
    const worker = await startWorker({ roles, ...readEnvironment() });
    stopWhenTold(worker.close);
    const { workerPort, gatewayPort } = worker;
    console.log(JSON.stringify({ event: 'ready', at: new Date().toISOString(), roles, workerPort, gatewayPort }));
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
  }
}

function stopWhenTold(close: () => Promise<void>): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  const stdin = fstatSync(0, { throwIfNoEntry: false });
  if (stdin?.isFIFO() || stdin?.isSocket()) process.stdin.on('end', stop).resume();
}

function refuse(message: string): never {
  console.error(message);
  process.exit(1);
}
