import { DomainError, HTTP_STATUS, invalidInput, unauthenticated } from '@slipway/domain';
import { type Actor, can, requireOwnPassword } from '@slipway/domain/access';
import { mintPlaygroundKey } from '@slipway/use-cases/access';
import { sessionActor } from './actor.ts';
import { getDeps } from './deps.ts';
import { refuseForeignOrigin } from './same-origin.ts';

// A key is renewed this long before it ends, so that no request of a sitting meets its end.
const RENEW_MS = 5 * 60_000;
// Fits the longest context the platform serves, many times over.
const MAX_BODY_BYTES = 8 * 1024 * 1024;

interface MintedKey {
  secret: string;
  expiresAt: Date;
}
const holder = globalThis as { slipwayPlaygroundKeys?: Map<string, MintedKey> };

/** handlePlayground passes a chat of a signed-in person on to the gateway, metered like any other request, and streams its answer. */
export async function handlePlayground(req: Request): Promise<Response> {
  const refusal = refuseForeignOrigin(req);
  if (refusal !== null) return refusal;
  try {
    const actor = await sessionActor(req.headers);
    if (actor === null) throw unauthenticated();
    requireOwnPassword(actor);
    const team = req.headers.get('x-slipway-team') ?? '';
    const declaredBytes = Number(req.headers.get('content-length') ?? 0);
    const body = declaredBytes > MAX_BODY_BYTES ? null : await req.text();
    if (body === null || body.length > MAX_BODY_BYTES)
      throw invalidInput('This conversation is too long for the playground.');
    const send = async () => forward(req, { body, key: await playgroundKey(actor, team) });
    const answer = await send();
    if (answer.status !== 401) return answer;
    // The key was revoked or the database was reset meanwhile: a new one, once.
    keys().delete(keyName(actor, team));
    return await send();
  } catch (cause) {
    if (!(cause instanceof DomainError)) throw cause;
    return failure(HTTP_STATUS[cause.code], cause.message);
  }
}

const keyName = (actor: Actor, team: string) => `${actor.userId} ${team}`;

function keys(): Map<string, MintedKey> {
  holder.slipwayPlaygroundKeys ??= new Map();
  return holder.slipwayPlaygroundKeys;
}

async function playgroundKey(actor: Actor, team: string): Promise<string> {
  const now = Date.now();
  for (const [name, key] of keys()) if (key.expiresAt.getTime() < now) keys().delete(name);
  const known = keys().get(keyName(actor, team));
  if (known !== undefined && can(actor, 'endpoint:invoke', team) && known.expiresAt.getTime() - RENEW_MS > now)
    return known.secret;
  const minted = await mintPlaygroundKey(getDeps(), actor, { team });
  keys().set(keyName(actor, team), minted);
  return minted.secret;
}

async function forward(req: Request, { body, key }: { body: string; key: string }): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(`${getDeps().gatewayUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
      // The person closes the page or presses stop: the gateway must stop too.
      signal: req.signal,
    });
  } catch (cause) {
    if (req.signal.aborted) return failure(499, 'The request was stopped.');
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    return failure(503, `The gateway does not answer (${reason}). It may be starting: try again in a moment.`);
  }
  const headers = new Headers({ 'cache-control': 'no-store, no-transform' });
  for (const name of ['content-type', 'retry-after', 'x-request-id']) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(answer.body, { status: answer.status, headers });
}

function failure(status: number, message: string): Response {
  return Response.json({ error: { message, type: 'slipway_portal', code: null, param: null } }, { status });
}
