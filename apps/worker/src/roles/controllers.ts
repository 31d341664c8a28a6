import type { ClusterDriver, WorkloadOutput, WorkloadState } from '@slipway/cluster';
import { listLiveEndpointIds, listLiveRunIds } from '@slipway/db';
import { parseWorkloadKey } from '@slipway/domain/catalog';
import type { Deps } from '@slipway/use-cases/deps';
import { CLUSTER_INTERVAL_MS, watchCluster } from '../controllers/cluster-watch.ts';
import { createEndpointController } from '../controllers/endpoint-controller.ts';
import { createKeyedQueue, type KeyedQueue } from '../controllers/keyed-queue.ts';
import { createLogWriter, type LogWriter } from '../controllers/log-writer.ts';
import { createMeter, METERING_INTERVAL_MS } from '../controllers/meter.ts';
import { createRunController } from '../controllers/run-controller.ts';
import { createRunReports, type RunReports } from '../controllers/training/run-reports.ts';
import { describeTrainingEvent, parseTrainingEvent } from '../controllers/training/training-event.ts';
import type { WorkloadOwners } from '../controllers/workload-owners.ts';
import { describeError, type Log } from '../telemetry/log.ts';
import type { ControllerName, WorkerMetrics } from '../telemetry/worker-metrics.ts';

/** RESYNC_INTERVAL_MS is how late a lost signal is noticed. */
const RESYNC_INTERVAL_MS = 30_000;

/** Controllers are the reconcile loops of one worker. */
export interface Controllers {
  reconcileEndpoint(id: string): Promise<void>;
  reconcileRun(id: string): Promise<void>;
  /** resync looks at everything that lives. */
  resync(): Promise<void>;
  /** close stops reconciling, ends every workload of the driver, and writes the last slot-seconds and lines. */
  close(): Promise<void>;
}

/** ControllersOptions is what the controllers act through. */
export interface ControllersOptions {
  deps: Deps;
  driver: ClusterDriver;
  metrics: WorkerMetrics;
  codeVersion: string;
  log: Log;
}

/** startControllers looks at everything once, so that rows of a former life are put right, and then keeps looking. */
export async function startControllers(options: ControllersOptions): Promise<Controllers> {
  const { deps, driver, log } = options;
  const { db, artifacts, dataDir, now } = deps;
  const owners: WorkloadOwners = new Map();
  const logWriter = createLogWriter({ db, log });
  const reports = createRunReports({ db, log });
  const meter = createMeter({ db, log, now });
  const shared = { db, driver, artifacts, logWriter, owners, now };
  const endpointController = createEndpointController({ ...shared, onRemoved: (id) => void endpoints.request(id) });
  const runController = createRunController({
    ...shared,
    reports,
    dataDir,
    codeVersion: options.codeVersion,
    onRemoved: (id) => void runs.request(id),
  });
  // The first look puts a former life right; only what later ones change was a lost signal.
  let hasLookedOnce = false;
  const resyncing = new Set<string>();
  const endpoints = queueOf(options, 'endpoint', endpointController, resyncing);
  const runs = queueOf(options, 'run', runController, resyncing);

  const stopChanges = driver.onChange((state) => {
    meter.observe(state);
    const owner = owners.get(state.key);
    if (owner !== undefined) void (owner.ownerKind === 'run' ? runs : endpoints).request(owner.ownerId);
    if (state.phase === 'exited') {
      for (const id of endpointController.waiting()) void endpoints.request(id);
      for (const id of runController.waiting()) void runs.request(id);
    }
  });
  const stopOutput = driver.onOutput((output) => takeOutput(output, { owners, logWriter, reports }));

  async function resync(): Promise<void> {
    const [endpointIds, runIds] = await Promise.all([listLiveEndpointIds(db.prisma), listLiveRunIds(db.prisma)]);
    if (hasLookedOnce) for (const id of [...endpointIds, ...runIds]) resyncing.add(id);
    hasLookedOnce = true;
    await Promise.all([...endpointIds.map((id) => endpoints.request(id)), ...runIds.map((id) => runs.request(id))]);
  }

  const timed = (controller: ControllerName, work: () => Promise<void>) => () => measure(options, controller, work);
  const watch = timed('cluster', () => watchCluster(deps, driver));
  await watch();
  await timed('endpoint', resync)();
  const timers = [
    setInterval(watch, CLUSTER_INTERVAL_MS),
    setInterval(timed('metering', meter.tick), METERING_INTERVAL_MS),
    setInterval(timed('endpoint', resync), RESYNC_INTERVAL_MS),
  ];

  return {
    reconcileEndpoint: (id) => endpoints.request(id),
    reconcileRun: (id) => runs.request(id),
    resync,
    async close() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all([endpoints.close(), runs.close()]);
      await driver.close();
      stopChanges();
      stopOutput();
      reports.close();
      await meter.tick();
      await logWriter.close();
    },
  };
}

function queueOf(
  options: ControllersOptions,
  name: 'endpoint' | 'run',
  controller: { reconcile(id: string): Promise<{ isChanged: boolean; wakeAt: Date | null }> },
  resyncing: Set<string>,
): KeyedQueue {
  const queue = createKeyedQueue({
    now: options.deps.now,
    onError: (id, error) =>
      options.log('error', `The ${name} could not be reconciled and is tried again.`, {
        id,
        error: describeError(error),
      }),
    work: async (id) => {
      const isResync = resyncing.delete(id);
      const startedAt = performance.now();
      const seconds = () => (performance.now() - startedAt) / 1_000;
      try {
        const { isChanged, wakeAt } = await controller.reconcile(id);
        options.metrics.reconciled(name, 'succeeded', seconds());
        if (isResync && isChanged) options.metrics.corrected(name);
        if (wakeAt !== null) queue.requestAt(id, wakeAt);
      } catch (error) {
        options.metrics.reconciled(name, 'failed', seconds());
        throw error;
      }
    },
  });
  return queue;
}

async function measure(
  options: ControllersOptions,
  controller: ControllerName,
  work: () => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1_000;
  try {
    await work();
    if (controller === 'cluster' || controller === 'metering')
      options.metrics.reconciled(controller, 'succeeded', seconds());
  } catch (error) {
    options.metrics.reconciled(controller, 'failed', seconds());
    options.log('error', `The ${controller} loop failed and comes again.`, { error: describeError(error) });
  }
}

function takeOutput(
  output: WorkloadOutput,
  to: { owners: WorkloadOwners; logWriter: LogWriter; reports: RunReports },
): void {
  const owner = to.owners.get(output.key);
  if (owner === undefined) return;
  const { kind, id } = parseWorkloadKey(output.key);
  const event = kind === 'run' && output.stream === 'stdout' ? parseTrainingEvent(output.text) : null;
  if (event !== null) to.reports.add(id, event, output.at);
  const text = event === null ? output.text : describeTrainingEvent(event);
  to.logWriter.write({ ...owner, at: output.at, stream: event === null ? output.stream : 'system', text });
}

/** countPhases counts workloads by phase. */
export function countPhases(states: readonly WorkloadState[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state.phase, (counts.get(state.phase) ?? 0) + 1);
  return counts;
}
