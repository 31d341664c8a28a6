import type { ServerResponse } from 'node:http';
import { errorBody, type Refusal } from './refusal.ts';

/** sendJson answers with a JSON text. */
export function sendJson(res: ServerResponse, status: number, json: string): void {
  if (res.destroyed || res.headersSent) return;
  res.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
  });
  res.end(json);
}

/** sendRefusal answers with an OpenAI error. */
export function sendRefusal(res: ServerResponse, value: Refusal): void {
  if (res.destroyed || res.headersSent) return;
  if (value.retryAfterSeconds !== undefined) res.setHeader('retry-after', String(value.retryAfterSeconds));
  if (value.status === 401) res.setHeader('www-authenticate', 'Bearer');
  if (!res.req.complete) {
    // The rest of the body is not read: the connection cannot be used again.
    res.setHeader('connection', 'close');
    res.req.resume();
    res.once('finish', () => setTimeout(() => res.req.destroy(), LINGER_MS).unref());
  }
  sendJson(res, value.status, errorBody(value));
}

/** LINGER_MS lets a client that is still sending read the answer before the connection goes. */
const LINGER_MS = 500;
