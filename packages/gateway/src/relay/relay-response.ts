import type { Dispatcher } from 'undici';
import { errorBody, refusal } from '../http/refusal.ts';
import type { Target } from '../routing/router.ts';
import type { AttemptOutcome, Exchange } from './exchange.ts';
import { relayStream } from './relay-stream.ts';
import { setRouteHeaders } from './route-headers.ts';
import { addUsage, emptyTally } from './tally.ts';
import { callUpstream, UpstreamFailure, type UpstreamResponse } from './upstream.ts';

/** MAX_RESPONSE_BYTES bounds what one unstreamed answer may make the gateway hold. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/** attempt sends the request to one replica and relays its answer; it never throws for what a replica or client does. */
export async function attempt(exchange: Exchange, target: Target, dispatcher: Dispatcher): Promise<AttemptOutcome> {
  Object.assign(exchange.tally, emptyTally());
  let outcome: AttemptOutcome;
  try {
    const { path, request, requestId, teamId } = exchange;
    const upstream = await callUpstream(
      dispatcher,
      { origin: target.address, path, body: request.upstreamBody, requestId, teamId },
      exchange.clientLeft,
    );
    const isEventStream = upstream.contentType.startsWith('text/event-stream');
    outcome =
      request.isStream && upstream.status === 200 && isEventStream
        ? await relayStream(exchange, target, upstream)
        : await relayWhole(exchange, target, upstream);
  } catch (error) {
    outcome = failed(error);
  }
  return exchange.clientLeft.aborted && outcome.kind !== 'completed' ? { kind: 'cancelled' } : outcome;
}

function failed(error: unknown): AttemptOutcome {
  if (!(error instanceof UpstreamFailure)) throw error;
  return {
    kind: 'unreachable',
    wasSent: error.wasSent,
    isTimeout: error.isTimeout,
    message: error.message,
  };
}

async function relayWhole(exchange: Exchange, target: Target, upstream: UpstreamResponse): Promise<AttemptOutcome> {
  const bytes = await readAll(upstream);
  const { retryAfter } = upstream;
  if (upstream.status >= 400) {
    return {
      kind: 'refused',
      httpStatus: upstream.status,
      body: bytes,
      contentType: upstream.contentType,
      retryAfter,
    };
  }
  let answer: unknown;
  try {
    answer = JSON.parse(bytes.toString('utf8'));
  } catch {
    answer = null;
  }
  if (typeof answer !== 'object' || answer === null) {
    const body = errorBody(refusal(502, 'replica_error', 'The replica did not answer with JSON.'));
    return { kind: 'refused', httpStatus: 502, body: Buffer.from(body), contentType: 'application/json', retryAfter };
  }
  const fields = answer as Record<string, unknown>;
  addUsage(exchange.tally, fields.usage, true);
  if (fields.model !== undefined) fields.model = exchange.request.modelId;
  const body = Buffer.from(JSON.stringify(fields));
  const finish = () => {
    setRouteHeaders(exchange, target);
    exchange.res.writeHead(upstream.status, {
      'content-type': 'application/json',
      'content-length': body.length,
    });
    exchange.res.end(body);
  };
  return { kind: 'completed', httpStatus: upstream.status, finish };
}

async function readAll(upstream: UpstreamResponse): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  await upstream.consume({
    onData(chunk) {
      size += chunk.length;
      if (size <= MAX_RESPONSE_BYTES) chunks.push(chunk);
      return true;
    },
  });
  if (size > MAX_RESPONSE_BYTES) throw new UpstreamFailure(new Error('The answer of the replica is too long.'), true);
  const first = chunks[0];
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size);
}
