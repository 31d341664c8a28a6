import type { Dispatcher } from 'undici';
import { refusal } from '../http/refusal.ts';
import { type Router, type Target, targetKey } from '../routing/router.ts';
import type { GatewayEndpoint } from '../snapshot/snapshot.ts';
import type { SnapshotHolder } from '../snapshot/snapshot-holder.ts';
import type { AttemptOutcome, Exchange, ForwardOutcome } from './exchange.ts';
import { attempt } from './relay-response.ts';

/** Forwarding is what a request needs to find a replica. */
export interface Forwarding {
  router: Router;
  holder: SnapshotHolder;
  dispatcher: Dispatcher;
  /** holdMs is how long a request waits for a replica that is about to become ready. */
  holdMs: number;
  onRetry: () => void;
  now: () => Date;
}

/** MAX_LOSSES stops a request that kills replicas from taking all of them down. */
const MAX_LOSSES = 3;

/** forward tries replicas until one serves the request, waiting for one if need be. */
export async function forward(
  exchange: Exchange,
  endpointId: string,
  revisionId: string | null,
  deps: Forwarding,
): Promise<ForwardOutcome> {
  const { router, holder } = deps;
  const tried = new Set<string>();
  let losses = 0;
  let last: {
    target: Target;
    outcome: Extract<AttemptOutcome, { kind: 'refused' | 'unreachable' }>;
  } | null = null;
  let deadline: number | null = null;
  for (;;) {
    // 1. Look again: the endpoint may have changed while the request waited.
    const endpoint = holder.current().endpointById.get(endpointId);
    if (endpoint === undefined) {
      return unserved(refusal(404, 'model_not_found', 'The endpoint was deleted while the request waited.'), last);
    }
    const nowMs = performance.now();
    const decision = router.choose(endpoint, { revisionId, tried, nowMs, now: deps.now() });

    // 2. A replica is there: try it.
    if (decision.kind === 'target') {
      const { target } = decision;
      router.begin(target);
      const outcome = await attempt(exchange, target, deps.dispatcher).finally(() => router.end(target));
      if (!isRetryable(outcome)) return { ...outcome, target };
      last = { target, outcome };
      if (outcome.kind === 'unreachable') {
        if (outcome.isTimeout) return unserved(refusal(504, 'replica_timeout', TIMED_OUT), last);
        if (outcome.wasSent) losses += 1;
        if (losses >= MAX_LOSSES) return unserved(refusal(502, 'replica_lost', LOST), last);
        // A broken kept-alive connection looks like a loss: one more try on the same replica tells them apart.
        const isFirstLoss = outcome.wasSent && losses === 1;
        if (!isFirstLoss) {
          router.avoid(target, performance.now());
          tried.add(targetKey(target));
        }
      } else tried.add(targetKey(target));
      deps.onRetry();
      continue;
    }

    // 3. None is there and none will come: say why.
    if (decision.kind === 'paused') return unserved(pausedRefusal(endpoint), last, false);
    if (decision.kind === 'down') return giveUp(endpoint, last);
    // A replica's own error is final once every replica was asked; a busy or lost one is worth waiting for.
    const isFinal = last?.outcome.kind === 'refused' && last.outcome.httpStatus !== 503;
    if (decision.kind === 'exhausted' && isFinal) return giveUp(endpoint, last);

    // 4. One may come: wait for the snapshot to change, within limits.
    deadline ??= nowMs + deps.holdMs;
    if (nowMs >= deadline) return giveUp(endpoint, last);
    const waitMs = decision.kind === 'wait' ? decision.waitMs : RETRY_MS;
    await holder.waitForChange(Math.min(waitMs, deadline - nowMs), exchange.clientLeft);
    if (exchange.clientLeft.aborted) {
      return last === null
        ? unserved(refusal(499, 'client_closed_request', 'The client left.'), null, false)
        : { kind: 'cancelled', target: last.target };
    }
    tried.clear();
  }
}

/** RETRY_MS spaces tries at replicas that all answered 503. */
const RETRY_MS = 250;
const TIMED_OUT = 'The replica did not answer in time.';
const LOST = 'Several replicas were lost while they worked on this request; it is not tried again.';

function isRetryable(outcome: AttemptOutcome): outcome is Extract<AttemptOutcome, { kind: 'refused' | 'unreachable' }> {
  if (outcome.kind === 'unreachable') return true;
  return outcome.kind === 'refused' && (outcome.httpStatus >= 500 || outcome.httpStatus === 429);
}

function unserved(
  value: ReturnType<typeof refusal>,
  last: { target: Target } | null,
  isCounted = true,
): ForwardOutcome {
  return {
    kind: 'unserved',
    refusal: value,
    target: last?.target ?? null,
    isCounted,
  };
}

function giveUp(
  endpoint: GatewayEndpoint,
  last: {
    target: Target;
    outcome: Extract<AttemptOutcome, { kind: 'refused' | 'unreachable' }>;
  } | null,
): ForwardOutcome {
  if (last?.outcome.kind === 'refused') return { ...last.outcome, target: last.target };
  const why = endpoint.message === '' ? 'It may be starting.' : endpoint.message;
  const message = `No replica of endpoint ${endpoint.teamSlug}/${endpoint.name} is ready. ${why}`;
  return unserved(refusal(503, 'no_replica_ready', message, { retryAfterSeconds: 5 }), last);
}

function pausedRefusal(endpoint: GatewayEndpoint) {
  const { teamSlug, name } = endpoint;
  const message = `Endpoint ${teamSlug}/${name} is scaled to 0. Scale it up at /teams/${teamSlug}/endpoints/${name} or with \`slipway endpoints scale ${name} 1\`.`;
  return refusal(503, 'endpoint_paused', message);
}
