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
    // Read on and throw away: most clients send everything before they look at the answer, and would only see a broken connection.
    // No `connection: close` either, with which Node closes at once.
    const { req } = res;
    req.resume();
    const cut = setTimeout(() => req.destroy(), LINGER_MS).unref();
    req.once('close', () => clearTimeout(cut)).once('end', () => clearTimeout(cut));
  }
  sendJson(res, value.status, errorBody(value));
}

/** LINGER_MS is how long a client may go on sending what is thrown away: some 10 MB on a slow line, and no stream without end. */
const LINGER_MS = 2_000;
