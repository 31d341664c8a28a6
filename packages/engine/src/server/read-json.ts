import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';

/** readJson reads a request body as JSON; too large is 413, not JSON is 400. */
export async function readJson(req: IncomingMessage, maxBytes: number): Promise<unknown> {
  const text = await readText(req, maxBytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HttpError(400, `The body is not valid JSON: ${reason}`, { code: 'invalid_json' });
  }
}

function readText(req: IncomingMessage, maxBytes: number): Promise<string> {
  const tooLarge = () => {
    // What still comes is thrown away, because a client that is writing would not read the answer.
    req.removeAllListeners('data');
    req.resume();
    return new HttpError(413, `The body is larger than ${maxBytes} bytes`, { code: 'body_too_large' });
  };
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    req.on('data', (part: Buffer) => {
      size += part.length;
      if (size > maxBytes) reject(tooLarge());
      else parts.push(part);
    });
    req.once('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    req.once('error', () => reject(new HttpError(400, 'The request was cut off', { code: 'request_aborted' })));
  });
}
