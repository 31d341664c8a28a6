import { type DomainErrorCode, HTTP_STATUS } from '@slipway/domain';
import { TRPCError } from '@trpc/server';
import type { Context } from '../context.ts';
import { describeError } from '../errors.ts';
import { createCaller } from '../root.ts';
import { matchRoute } from './match-route.ts';
import { openApiDocument } from './openapi.ts';

const BASE_PATH = '/api/v1';
// A data set pasted as text is the largest body there is (5 MB); JSON may double its length.
const MAX_BODY_BYTES = 12 * 1024 * 1024;

/** handleRest answers one request below /api/v1: route, parameters and body become the input of the same procedure as tRPC's. */
export async function handleRest(request: Request, ctx: Context): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname.replace(BASE_PATH, '').replace(/\/$/, '');
  if (path === '/openapi.json' && request.method === 'GET') return json(200, openApiDocument(), ctx.requestId);
  try {
    const match = matchRoute(request.method, path);
    if (match.kind === 'unknown')
      throw new TRPCError({ code: 'NOT_FOUND', message: `There is nothing at ${url.pathname}.` });
    if (match.kind === 'wrong_method') return methodNotAllowed(request.method, match.allowed, ctx.requestId);
    const query = Object.fromEntries(url.searchParams);
    const body = request.method === 'GET' ? {} : await readBody(request);
    const { noun, name } = match.route;
    const procedures = createCaller(ctx)[noun] as Record<string, (input: unknown) => Promise<unknown>>;
    const output = await procedures[name]?.({ ...query, ...body, ...match.params });
    return json(200, output, ctx.requestId);
  } catch (error) {
    return errorResponse(error, ctx);
  }
}

async function readBody(request: Request): Promise<Record<string, unknown>> {
  const text = await readText(request);
  if (text === '') return {};
  if (!request.headers.get('content-type')?.startsWith('application/json')) {
    throw new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Send the body as application/json.' });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TRPCError({ code: 'PARSE_ERROR', message: 'The body is not JSON.', cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'The body must be a JSON object.' });
  }
  return value as Record<string, unknown>;
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) {
      throw new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message: `The body may have at most ${MAX_BODY_BYTES} bytes.` });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function errorResponse(error: unknown, ctx: Context): Response {
  if (!(error instanceof TRPCError)) {
    ctx.logError({ requestId: ctx.requestId, path: 'rest', error });
  }
  const wrapped = error instanceof TRPCError ? error : new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error });
  const { errorCode, ...detail } = describeError(wrapped, ctx.requestId);
  return json(statusOf(wrapped.code, errorCode), { code: errorCode, ...detail }, ctx.requestId);
}

function statusOf(trpcCode: TRPCError['code'], errorCode: DomainErrorCode | 'internal'): number {
  if (trpcCode === 'PAYLOAD_TOO_LARGE') return 413;
  if (trpcCode === 'UNSUPPORTED_MEDIA_TYPE') return 415;
  return errorCode === 'internal' ? 500 : HTTP_STATUS[errorCode];
}

function methodNotAllowed(method: string, allowed: string[], requestId: string): Response {
  const message = `${method} is not possible here; ${allowed.join(', ')} is.`;
  const response = json(405, { code: 'invalid_input', message, field: null, issues: [], requestId }, requestId);
  response.headers.set('allow', allowed.join(', '));
  return response;
}

function json(status: number, body: unknown, requestId: string): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-request-id': requestId };
  return new Response(JSON.stringify(body), { status, headers });
}
