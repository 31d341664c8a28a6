import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** SECONDS_BUCKETS follow vLLM's end-to-end buckets, finer below a second where small models answer. */
const SECONDS_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 60, 120, 240];

/** FinishedRequest is what the metrics say about one relayed request. */
export interface FinishedRequest {
  team: string;
  /** endpoint is `team/endpoint`. */
  endpoint: string;
  revision: string;
  status: 'succeeded' | 'failed' | 'cancelled';
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  ttftMs: number | null;
  durationMs: number;
}

/** GatewayMetrics is the gateway's own registry and what feeds it. */
export interface GatewayMetrics {
  registry: Registry;
  finished(request: FinishedRequest): void;
  refused(code: string): void;
  retried(): void;
}

/** createMetrics makes a registry of its own, so that two gateways in one process do not mix. */
export function createMetrics(read: {
  inFlight: () => number;
  journalWaiting: () => number;
  snapshotAgeMs: () => number;
}): GatewayMetrics {
  const registry = new Registry();
  const registers = [registry];
  const labels = ['team', 'endpoint', 'revision'] as const;
  const name = (suffix: string) => `slipway_gateway_${suffix}`;
  const requests = new Counter({
    name: name('requests_total'),
    help: 'Relayed requests by how they ended.',
    labelNames: [...labels, 'status'],
    registers,
  });
  const refusals = new Counter({
    name: name('errors_total'),
    help: 'Answers of the gateway itself that were errors, by code.',
    labelNames: ['code'],
    registers,
  });
  const retries = new Counter({
    name: name('retries_total'),
    help: 'Attempts after the first.',
    registers,
  });
  const tokens = new Counter({
    name: name('tokens_total'),
    help: 'Tokens by kind; cached tokens are part of prompt tokens.',
    labelNames: [...labels, 'kind'],
    registers,
  });
  const ttft = new Histogram({
    name: name('time_to_first_token_seconds'),
    help: 'From accepting a streamed request to its first token.',
    labelNames: labels,
    buckets: SECONDS_BUCKETS,
    registers,
  });
  const duration = new Histogram({
    name: name('request_duration_seconds'),
    help: 'From accepting a request to its last byte.',
    labelNames: labels,
    buckets: SECONDS_BUCKETS,
    registers,
  });
  const gauge = (suffix: string, help: string, value: () => number) =>
    new Gauge({
      name: name(suffix),
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('in_flight', 'Requests at replicas now.', read.inFlight);
  gauge('journal_records', 'Usage records that the ledger does not have yet.', read.journalWaiting);
  gauge('snapshot_age_seconds', 'Age of what the gateway knows.', () => read.snapshotAgeMs() / 1_000);

  return {
    registry,
    finished(request) {
      const at = {
        team: request.team,
        endpoint: request.endpoint,
        revision: request.revision,
      };
      requests.inc({ ...at, status: request.status });
      tokens.inc({ ...at, kind: 'prompt' }, request.promptTokens);
      tokens.inc({ ...at, kind: 'cached' }, request.cachedTokens);
      tokens.inc({ ...at, kind: 'completion' }, request.completionTokens);
      duration.observe(at, request.durationMs / 1_000);
      if (request.ttftMs !== null) ttft.observe(at, request.ttftMs / 1_000);
    },
    refused: (code) => refusals.inc({ code }),
    retried: () => retries.inc(),
  };
}
