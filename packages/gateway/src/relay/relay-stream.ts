import { errorBody, refusal } from '../http/refusal.ts';
import type { Target } from '../routing/router.ts';
import type { AttemptOutcome, Exchange } from './exchange.ts';
import { rewriteChunk } from './rewrite-chunk.ts';
import { setRouteHeaders } from './route-headers.ts';
import { createSseReader } from './sse-reader.ts';
import { UpstreamFailure, type UpstreamResponse } from './upstream.ts';

/** STALL_MS is how long a client may stop reading before its stream is given up; the replica's slot is worth more. */
const STALL_MS = 120_000;

/** relayStream passes server-sent events on as they come, no faster than the client reads them. */
export async function relayStream(
  exchange: Exchange,
  target: Target,
  upstream: UpstreamResponse,
): Promise<AttemptOutcome> {
  const { res, request, tally } = exchange;
  const reader = createSseReader();
  const seen = { done: false, finish: false, error: false, broken: '' };
  let stall: NodeJS.Timeout | undefined;

  const onData = (chunk: Buffer): boolean => {
    let text = '';
    try {
      for (const event of reader.push(chunk)) {
        if (seen.done) continue;
        if (event.data === '[DONE]') seen.done = true;
        else if (event.data === null) text += `${event.raw}\n\n`;
        else {
          const result = rewriteChunk(event.data, request, tally);
          if (result.deltas > 0) exchange.ttftMs ??= performance.now() - exchange.startedMs;
          seen.finish ||= result.isFinish;
          seen.error ||= result.isError;
          text += result.text;
        }
      }
    } catch (error) {
      seen.broken = error instanceof Error ? error.message : String(error);
      upstream.abort();
      return true;
    }
    if (text === '') return true;
    if (!res.headersSent) startStream(exchange, target);
    if (res.write(text)) return true;
    stall = setTimeout(() => res.destroy(), STALL_MS);
    res.once('drain', () => {
      clearTimeout(stall);
      upstream.resume();
    });
    return false;
  };

  try {
    await upstream.consume({ onData });
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    seen.broken ||= error.message;
    if (!res.headersSent) {
      return {
        kind: 'unreachable',
        wasSent: true,
        isTimeout: error.isTimeout,
        message: seen.broken,
      };
    }
  } finally {
    clearTimeout(stall);
  }
  // A stream that ended with a finish reason is whole even where [DONE] is missing.
  const isWhole = (seen.done || (seen.finish && seen.broken === '')) && !seen.error;
  if (!res.headersSent) startStream(exchange, target);
  if (isWhole)
    return {
      kind: 'completed',
      httpStatus: 200,
      finish: () => res.end('data: [DONE]\n\n'),
    };
  const message = seen.broken === '' ? 'The replica ended the stream early.' : seen.broken;
  const event = seen.error ? '' : `data: ${errorBody(refusal(502, 'replica_lost', LOST))}\n\n`;
  return {
    kind: 'broken',
    message,
    finish: () => res.end(`${event}data: [DONE]\n\n`),
  };
}

const LOST = 'The replica was lost in the middle of the answer. What arrived is incomplete; send the request again.';

function startStream(exchange: Exchange, target: Target): void {
  setRouteHeaders(exchange, target);
  exchange.res.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
}
