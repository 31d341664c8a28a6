import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { createSecondLook } from './admission/second-look.ts';
import { createSurface } from './http/surface.ts';
import { createRouter } from './routing/router.ts';
import type { GatewaySnapshot } from './snapshot/snapshot.ts';
import { holdSnapshot, type Subscribe } from './snapshot/snapshot-holder.ts';
import { createMetrics } from './telemetry/metrics.ts';
import type { Log } from './telemetry/request-log.ts';
import { openJournal } from './usage/journal.ts';
import type { UsageRecord } from './usage/usage-record.ts';

/** GatewayOptions is everything a gateway needs from outside; it knows no database. */
export interface GatewayOptions {
  port: number;
  host: string;
  loadSnapshot: () => Promise<GatewaySnapshot>;
  subscribe: Subscribe;
  /** recordUsage writes records to the ledger, idempotent by request id. */
  recordUsage: (records: UsageRecord[]) => Promise<void>;
  /** journalDir belongs to this gateway alone. */
  journalDir: string;
  now: () => Date;
  /** log takes request lines; standard output by default. */
  log?: Log;
  /** holdMs is how long a request waits for a replica that is about to become ready. */
  holdMs?: number;
  /** answerTimeoutMs bounds the silence of a replica before its head and between its bytes. */
  answerTimeoutMs?: number;
  /** graceMs is how long close() lets requests in flight finish. */
  graceMs?: number;
}

/** Gateway is a running gateway. */
export interface Gateway {
  port: number;
  close(): Promise<void>;
}

/** HOLD_MS covers the restart of a small model; clients of OpenAI's API wait far longer. */
const HOLD_MS = 10_000;
/** ANSWER_TIMEOUT_MS lets a long prompt wait in a busy replica's queue. */
const ANSWER_TIMEOUT_MS = 600_000;
const CONNECT_TIMEOUT_MS = 2_000;
const GRACE_MS = 10_000;
/** KEEP_ALIVE_MS is above the 60 s that load balancers usually keep idle connections. */
const KEEP_ALIVE_MS = 65_000;

/** startGateway serves the OpenAI surface until closed. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const log: Log = options.log ?? ((line) => process.stdout.write(`${line}\n`));
  const onError = (message: string, error: unknown) =>
    log(
      JSON.stringify({
        at: options.now().toISOString(),
        level: 'error',
        message,
        error: describe(error),
      }),
    );
  const holder = await holdSnapshot({
    load: options.loadSnapshot,
    subscribe: options.subscribe,
    onError: (error) => onError('The gateway goes on with what it knew: loading failed.', error),
  });
  const { recordUsage, journalDir } = options;
  const journal = await openJournal({ dir: journalDir, recordUsage, onError });
  const router = createRouter();
  const timeout = options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
  const dispatcher = new Agent({
    connections: null,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    allowH2: false,
  });
  const metrics = createMetrics({
    inFlight: router.inFlight,
    journalWaiting: journal.waiting,
    snapshotAgeMs: holder.ageMs,
  });
  let isStopping = false;
  const surface = createSurface({
    secondLook: createSecondLook(holder),
    router,
    holder,
    dispatcher,
    journal,
    metrics,
    log,
    onError,
    now: options.now,
    holdMs: options.holdMs ?? HOLD_MS,
    onRetry: metrics.retried,
    isReady: () => !isStopping,
  });
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, surface.listener);
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      isStopping = true;
      const cut = setTimeout(() => server.closeAllConnections(), options.graceMs ?? GRACE_MS);
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeIdleConnections();
      });
      clearTimeout(cut);
      await surface.idle();
      await dispatcher.destroy();
      await holder.close();
      await journal.close();
    },
  };
}

function listen(server: ReturnType<typeof createServer>, { port, host }: GatewayOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

const describe = (error: unknown) => (error instanceof Error ? error.message : String(error));
