import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** ControllerName is one reconcile loop. */
export type ControllerName = 'endpoint' | 'run' | 'cluster' | 'metering';

/** WorkerMetrics is what a worker tells Prometheus. */
export interface WorkerMetrics {
  registry: Registry;
  reconciled(controller: ControllerName, result: 'succeeded' | 'failed', seconds: number): void;
  /** corrected counts a change that only the resync found: a lost signal. */
  corrected(controller: ControllerName): void;
  /** lastSuccess is when each loop last succeeded. */
  lastSuccess(): Partial<Record<ControllerName, Date>>;
}

/** createWorkerMetrics makes the registry; queue depth and workloads are read when somebody asks. */
export function createWorkerMetrics(sources: {
  queueDepth: () => Promise<Map<string, number>>;
  workloads: () => Promise<Map<string, number>>;
  now: () => Date;
}): WorkerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const total = new Counter({
    name: 'slipway_reconcile_total',
    help: 'Reconciles by controller and result.',
    labelNames: ['controller', 'result'],
    registers,
  });
  const duration = new Histogram({
    name: 'slipway_reconcile_duration_seconds',
    help: 'Time of one reconcile.',
    labelNames: ['controller'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
    registers,
  });
  const corrections = new Counter({
    name: 'slipway_resync_corrections_total',
    help: 'Changes that only the resync found: each is a lost signal.',
    labelNames: ['controller'],
    registers,
  });
  const success = new Gauge({
    name: 'slipway_reconcile_last_success_timestamp_seconds',
    help: 'When a controller last succeeded.',
    labelNames: ['controller'],
    registers,
  });
  gaugeOf(registry, {
    name: 'slipway_job_queue_depth',
    help: 'Jobs that wait, by task.',
    label: 'task',
    read: sources.queueDepth,
  });
  gaugeOf(registry, {
    name: 'slipway_workloads',
    help: 'Workloads by phase.',
    label: 'phase',
    read: sources.workloads,
  });
  const succeeded = new Map<ControllerName, Date>();
  return {
    registry,
    reconciled(controller, result, seconds) {
      total.inc({ controller, result });
      duration.observe({ controller }, seconds);
      if (result === 'failed') return;
      const now = sources.now();
      succeeded.set(controller, now);
      success.set({ controller }, now.getTime() / 1_000);
    },
    corrected: (controller) => corrections.inc({ controller }),
    lastSuccess: () => Object.fromEntries(succeeded),
  };
}

function gaugeOf(
  registry: Registry,
  gauge: { name: string; help: string; label: string; read: () => Promise<Map<string, number>> },
): void {
  new Gauge({
    name: gauge.name,
    help: gauge.help,
    labelNames: [gauge.label],
    registers: [registry],
    async collect() {
      const values = await gauge.read();
      this.reset();
      for (const [label, value] of values) this.set({ [gauge.label]: label }, value);
    },
  });
}
