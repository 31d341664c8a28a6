import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestCostPicos, type TokenPrices } from '@slipway/domain/metering';
import { type AuthResult, authenticate } from '../admission/authenticate.ts';
import { findEndpoint } from '../admission/find-endpoint.ts';
import { type ParsedRequest, parseRequest } from '../admission/parse-request.ts';
import type { SecondLook } from '../admission/second-look.ts';
import { findTokenPrices } from '../admission/token-prices.ts';
import type { Exchange, ForwardOutcome } from '../relay/exchange.ts';
import { type Forwarding, forward } from '../relay/forward.ts';
import { billedCompletion, emptyTally } from '../relay/tally.ts';
import type { GatewayEndpoint, GatewayKey, GatewayRevision } from '../snapshot/snapshot.ts';
import type { GatewayMetrics } from '../telemetry/metrics.ts';
import { type Log, logRequest } from '../telemetry/request-log.ts';
import type { Journal } from '../usage/journal.ts';
import { toLine, type UsageRecord } from '../usage/usage-record.ts';
import { readBody } from './read-body.ts';
import { type Refusal, refusal } from './refusal.ts';
import { sendRefusal } from './respond.ts';

/** BODY_LIMIT_BYTES is far above any prompt that fits a context, and far below what would hurt. */
export const BODY_LIMIT_BYTES = 10 * 1024 * 1024;

/** InferenceDeps is what the relayed routes work with. */
export interface InferenceDeps extends Forwarding {
  secondLook: SecondLook;
  journal: Journal;
  metrics: GatewayMetrics;
  log: Log;
  now: () => Date;
  onError: (message: string, error: unknown) => void;
}

/** Incoming is one request with its ids and its start. */
export interface Incoming {
  req: IncomingMessage;
  res: ServerResponse;
  path: string;
  echoedId: string;
  startedMs: number;
  at: Date;
}

/** Admitted is a request that may be served, with its price. */
interface Admitted {
  key: GatewayKey;
  endpoint: GatewayEndpoint;
  revision: GatewayRevision;
  request: ParsedRequest;
  prices: TokenPrices;
}

type Admission = { kind: 'admitted'; admitted: Admitted } | { kind: 'refused'; refusal: Refusal } | { kind: 'gone' };

const refuse = (value: Refusal): Admission => ({
  kind: 'refused',
  refusal: value,
});

/** handleInference serves one relayed request from admission to the ledger. */
export async function handleInference(incoming: Incoming, canStream: boolean, deps: InferenceDeps): Promise<void> {
  const requestId = randomUUID();
  const admission = await admit(incoming, canStream, deps);
  if (admission.kind === 'gone') return;
  if (admission.kind === 'refused') {
    deps.metrics.refused(admission.refusal.code);
    sendRefusal(incoming.res, admission.refusal);
    const { at, echoedId, path } = incoming;
    const { status: httpStatus, code } = admission.refusal;
    const durationMs = performance.now() - incoming.startedMs;
    logRequest(deps.log, { at, requestId, echoedId, path, httpStatus, code, durationMs });
    return;
  }
  const { admitted } = admission;
  const exchange: Exchange = {
    req: incoming.req,
    res: incoming.res,
    requestId,
    teamId: admitted.key.teamId,
    path: incoming.path,
    request: admitted.request,
    startedMs: incoming.startedMs,
    tally: emptyTally(),
    ttftMs: null,
    clientLeft: whenClientLeaves(incoming.res),
  };
  const outcome = await forward(exchange, admitted.endpoint.id, admitted.revision.id, deps);
  settle({ incoming, admitted, exchange, outcome }, deps);
}

async function admit({ req, at }: Incoming, canStream: boolean, deps: InferenceDeps): Promise<Admission> {
  // The key is checked before the body is read: strangers cannot make the gateway hold 10 MB.
  const auth = await checkKey(req, at, deps);
  if (auth.kind !== 'key') return refuse(auth.refusal);
  const body = await readBody(req, BODY_LIMIT_BYTES);
  if (body.kind === 'aborted') return { kind: 'gone' };
  if (body.kind === 'too_large') {
    return refuse(refusal(413, 'request_too_large', `The body is larger than ${BODY_LIMIT_BYTES} bytes.`));
  }
  const parsed = parseRequest(body.bytes, canStream, auth.key.teamId);
  if (parsed.kind === 'refused') return parsed;
  const { request } = parsed;

  const endpoint = await deps.secondLook(`model ${auth.key.teamId} ${request.modelId}`, () =>
    findEndpoint(deps.holder.current(), auth.key, request.modelId),
  );
  if (endpoint === null) {
    const hint = 'GET /v1/models lists what this key may call.';
    const message = `The model \`${request.modelId}\` does not exist or this key may not call it. ${hint}`;
    return refuse(refusal(404, 'model_not_found', message, { param: 'model' }));
  }
  const revisionId = deps.router.assign(endpoint);
  const revision = endpoint.revisions.find((candidate) => candidate.id === revisionId);
  if (revision === undefined) {
    return refuse(refusal(503, 'no_replica_ready', `Endpoint ${request.modelId} has no revision yet.`));
  }
  // Both revisions must have a price: the other one may have to serve the request.
  let prices: TokenPrices | undefined;
  for (const candidate of endpoint.revisions) {
    const found = findTokenPrices(deps.holder.current().prices, candidate.modelName, at);
    if ('missing' in found) return refuse(missingPrice(found.missing, candidate.modelName));
    if (candidate === revision) prices = found;
  }
  if (prices === undefined) return refuse(missingPrice('prompt tokens', revision.modelName));
  return {
    kind: 'admitted',
    admitted: { key: auth.key, endpoint, revision, request, prices },
  };
}

/** checkKey authenticates a request, with a second look at a key that is not known. */
export async function checkKey(req: IncomingMessage, at: Date, deps: KeyDeps): Promise<AuthResult> {
  const look = () => authenticate(req.headers.authorization, deps.holder.current(), at);
  const first = look();
  if (first.kind !== 'unknown') return first;
  const found = await deps.secondLook(`key ${first.hash}`, () => {
    const again = look();
    return again.kind === 'unknown' ? null : again;
  });
  return found ?? first;
}

type KeyDeps = Pick<InferenceDeps, 'holder' | 'secondLook'>;

function missingPrice(what: string, modelName: string): Refusal {
  const message = `The price book lacks a price for ${what} of ${modelName}, so the request is not served. Ask FinOps to set one.`;
  return refusal(503, 'price_missing', message);
}

function whenClientLeaves(res: ServerResponse): AbortSignal {
  const left = new AbortController();
  res.on('close', () => {
    if (!res.writableFinished) left.abort();
  });
  return left.signal;
}

interface Settlement {
  incoming: Incoming;
  admitted: Admitted;
  exchange: Exchange;
  outcome: ForwardOutcome;
}

/** settle makes the usage durable, then sends what is left of the answer. */
function settle(settlement: Settlement, deps: InferenceDeps): void {
  const { incoming, exchange, outcome } = settlement;
  const record = toRecord(settlement, deps);
  if (outcome.kind !== 'unserved' || outcome.isCounted) {
    try {
      deps.journal.append(record);
    } catch (error) {
      deps.onError('A usage record could not be written to the journal; it is in the next line.', error);
      deps.log(toLine(record).trimEnd());
    }
    deps.metrics.finished({
      ...record,
      team: record.teamSlug,
      endpoint: `${record.endpointTeamSlug}/${record.endpointName}`,
      revision: String(record.revisionNumber),
    });
  }
  if (outcome.kind === 'completed' || outcome.kind === 'broken') outcome.finish();
  else if (outcome.kind === 'refused') relayError(incoming.res, outcome);
  else if (outcome.kind === 'unserved') {
    deps.metrics.refused(outcome.refusal.code);
    sendRefusal(incoming.res, outcome.refusal);
  }
  logRequest(deps.log, {
    at: incoming.at,
    requestId: record.requestId,
    echoedId: incoming.echoedId,
    path: incoming.path,
    httpStatus: record.httpStatus,
    code: outcome.kind === 'unserved' ? outcome.refusal.code : undefined,
    error: outcome.kind === 'broken' ? outcome.message : undefined,
    team: record.teamSlug,
    endpoint: `${record.endpointTeamSlug}/${record.endpointName}`,
    revision: record.revisionNumber,
    replica: record.replicaId,
    status: record.status,
    promptTokens: record.promptTokens,
    completionTokens: record.completionTokens,
    ttftMs: exchange.ttftMs,
    durationMs: record.durationMs,
  });
}

function toRecord({ incoming, admitted, exchange, outcome }: Settlement, deps: InferenceDeps): UsageRecord {
  const { key, endpoint } = admitted;
  const revision = outcome.target?.revision ?? admitted.revision;
  const prices = pricesOf(revision, admitted, incoming.at, deps);
  const { promptTokens, cachedTokens } = exchange.tally;
  const completionTokens = billedCompletion(exchange.tally);
  return {
    requestId: exchange.requestId,
    at: incoming.at,
    teamId: key.teamId,
    teamSlug: key.teamSlug,
    endpointId: endpoint.id,
    endpointName: endpoint.name,
    endpointTeamSlug: endpoint.teamSlug,
    revisionId: revision.id,
    revisionNumber: revision.number,
    versionId: revision.versionId,
    versionLabel: revision.versionLabel,
    replicaId: outcome.target?.replicaId ?? null,
    apiKeyId: key.id,
    caller: key.caller,
    ...verdict(outcome),
    promptTokens,
    cachedTokens,
    completionTokens,
    ttftMs: exchange.ttftMs,
    durationMs: performance.now() - incoming.startedMs,
    ...prices,
    costPicos: requestCostPicos({ promptTokens, completionTokens }, prices),
  };
}

/** pricesOf is the price at the instant the request came in, of the model that served it. */
function pricesOf(revision: GatewayRevision, admitted: Admitted, at: Date, deps: InferenceDeps): TokenPrices {
  if (revision.modelName === admitted.revision.modelName) return admitted.prices;
  const found = findTokenPrices(deps.holder.current().prices, revision.modelName, at);
  return 'missing' in found ? admitted.prices : found;
}

function verdict(outcome: ForwardOutcome): Pick<UsageRecord, 'status' | 'httpStatus'> {
  switch (outcome.kind) {
    case 'completed':
      return { status: 'succeeded', httpStatus: outcome.httpStatus };
    case 'refused':
      return { status: 'failed', httpStatus: outcome.httpStatus };
    case 'broken':
      return { status: 'failed', httpStatus: 502 };
    // 499 is what proxies log for a client that left; the client itself sees nothing.
    case 'cancelled':
      return { status: 'cancelled', httpStatus: 499 };
    case 'unserved':
      return { status: 'failed', httpStatus: outcome.refusal.status };
  }
}

function relayError(res: ServerResponse, outcome: Extract<ForwardOutcome, { kind: 'refused' }>): void {
  const { httpStatus, body, contentType, retryAfter } = outcome;
  if (retryAfter !== null) res.setHeader('retry-after', retryAfter);
  if (contentType.includes('json')) {
    res.writeHead(httpStatus, {
      'content-type': 'application/json',
      'content-length': body.length,
    });
    res.end(body);
  } else sendRefusal(res, refusal(httpStatus, 'replica_error', 'The replica answered with an error.'));
}
