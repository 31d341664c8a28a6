import type { Dispatcher } from 'undici';

/** UpstreamRequest is one attempt at one replica. */
export interface UpstreamRequest {
  origin: string;
  path: string;
  body: string;
  requestId: string;
  /** teamId lets the replica share itself out fairly. */
  teamId: string;
}

/** BodySink receives a response body; returning false from onData pauses it until resume(). */
export interface BodySink {
  onData(chunk: Buffer): boolean;
}

/** UpstreamResponse is a response whose head has arrived. */
export interface UpstreamResponse {
  status: number;
  contentType: string;
  /** retryAfter is the header of that name, if there is one. */
  retryAfter: string | null;
  /** consume delivers the body and ends when it is complete; it rejects when the connection breaks. */
  consume(sink: BodySink): Promise<void>;
  resume(): void;
  abort(): void;
}

/** UpstreamFailure says that the attempt broke, and whether the replica may have seen the request. */
export class UpstreamFailure extends Error {
  readonly wasSent: boolean;
  readonly isTimeout: boolean;
  constructor(cause: Error, wasSent: boolean) {
    super(cause.message, { cause });
    this.name = 'UpstreamFailure';
    this.wasSent = wasSent;
    this.isTimeout = 'code' in cause && TIMEOUTS.has(String(cause.code));
  }
}

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** callUpstream sends the request and settles when the head arrives; aborting the signal cancels it at any time. */
export function callUpstream(
  dispatcher: Dispatcher,
  request: UpstreamRequest,
  signal: AbortSignal,
): Promise<UpstreamResponse> {
  return new Promise((resolve, reject) => {
    const exchange = createExchange(resolve, reject, signal);
    dispatcher.dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'x-request-id': request.requestId,
          'x-slipway-tenant': request.teamId,
        },
        body: request.body,
      },
      exchange,
    );
  });
}

function createExchange(
  resolve: (response: UpstreamResponse) => void,
  reject: (failure: UpstreamFailure) => void,
  signal: AbortSignal,
): Dispatcher.DispatchHandler {
  let control: Dispatcher.DispatchController | undefined;
  let sink: BodySink | undefined;
  // What arrives between the head and consume() waits here.
  let early: Buffer[] = [];
  let outcome: { failure: UpstreamFailure | null } | undefined;
  let settleBody: { resolve(): void; reject(failure: UpstreamFailure): void } | undefined;
  let hasHead = false;

  const onAbort = () => control?.abort(new Error('The request was cancelled.'));
  signal.addEventListener('abort', onAbort);
  const finish = (failure: UpstreamFailure | null) => {
    if (outcome !== undefined) return;
    outcome = { failure };
    signal.removeEventListener('abort', onAbort);
    if (!hasHead) reject(failure ?? new UpstreamFailure(new Error('The replica closed the connection.'), true));
    else if (failure === null) settleBody?.resolve();
    else settleBody?.reject(failure);
  };
  const deliver = (chunk: Buffer) => {
    if (sink === undefined) early.push(chunk);
    else if (!sink.onData(chunk)) control?.pause();
  };

  return {
    onRequestStart(controller) {
      control = controller;
      if (signal.aborted) onAbort();
    },
    onResponseStart(_controller, status, headers) {
      if (status < 200) return;
      hasHead = true;
      resolve({
        status,
        contentType: String(headers['content-type'] ?? ''),
        retryAfter: headers['retry-after'] === undefined ? null : String(headers['retry-after']),
        resume: () => control?.resume(),
        abort: onAbort,
        consume(target) {
          return new Promise<void>((resolveBody, rejectBody) => {
            settleBody = { resolve: resolveBody, reject: rejectBody };
            sink = target;
            const waiting = early;
            early = [];
            for (const chunk of waiting) deliver(chunk);
            if (outcome?.failure) rejectBody(outcome.failure);
            else if (outcome !== undefined) resolveBody();
          });
        },
      });
    },
    onResponseData: (_controller, chunk) => deliver(chunk),
    onResponseEnd: () => finish(null),
    onResponseError: (_controller, error) =>
      finish(new UpstreamFailure(error, !('code' in error && NOT_SENT.has(String(error.code))))),
  };
}
