import { createHash } from 'node:crypto';
import { type Refusal, refusal } from '../http/refusal.ts';
import type { SnapshotIndex } from '../snapshot/index-snapshot.ts';
import type { GatewayKey } from '../snapshot/snapshot.ts';

/** AuthResult is the key behind a request, or the answer that says why there is none; an unknown key may only be too new. */
export type AuthResult =
  | { kind: 'key'; key: GatewayKey }
  | { kind: 'unknown'; hash: string; refusal: Refusal }
  | { kind: 'refused'; refusal: Refusal };

const unauthorised = (message: string) => refusal(401, 'invalid_api_key', message);
const refused = (message: string): AuthResult => ({ kind: 'refused', refusal: unauthorised(message) });

/** authenticate finds the key of an Authorization header in the snapshot. */
export function authenticate(header: string | undefined, index: SnapshotIndex, now: Date): AuthResult {
  if (header === undefined) return refused('No API key given. Send it as `Authorization: Bearer slp_...`.');
  const bearer = /^Bearer +(\S{1,200})$/i.exec(header)?.[1];
  if (bearer === undefined) return refused('The Authorization header is not `Bearer <API key>`.');
  const hash = createHash('sha256').update(bearer).digest('hex');
  const key = index.keyByHash.get(hash);
  if (key === undefined) {
    const message = 'This API key is not known here. Check it, or create one on the keys page.';
    return { kind: 'unknown', hash, refusal: unauthorised(message) };
  }
  if (key.revokedAt !== null && key.revokedAt <= now) return refused('This API key was revoked. Create a new one.');
  if (key.expiresAt !== null && key.expiresAt <= now) {
    return refused(`This API key expired at ${key.expiresAt.toISOString()}. Create a new one.`);
  }
  return { kind: 'key', key };
}
