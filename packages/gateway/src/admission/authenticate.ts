import { createHash } from 'node:crypto';
import { type Refusal, refusal } from '../http/refusal.ts';
import type { SnapshotIndex } from '../snapshot/index-snapshot.ts';
import type { GatewayKey } from '../snapshot/snapshot.ts';

/** AuthResult is the key behind a request, or the answer that says why there is none. */
export type AuthResult = { kind: 'key'; key: GatewayKey } | { kind: 'refused'; refusal: Refusal };

const refused = (message: string): AuthResult => ({
  kind: 'refused',
  refusal: refusal(401, 'invalid_api_key', message),
});

/** authenticate finds the key of an Authorization header in the snapshot. */
export function authenticate(header: string | undefined, index: SnapshotIndex, now: Date): AuthResult {
  if (header === undefined) return refused('No API key given. Send it as `Authorization: Bearer slp_...`.');
  const bearer = /^Bearer +(\S{1,200})$/i.exec(header)?.[1];
  if (bearer === undefined) return refused('The Authorization header is not `Bearer <API key>`.');
  const key = index.keyByHash.get(createHash('sha256').update(bearer).digest('hex'));
  if (key === undefined) return refused('This API key is not known here. Check it, or create one on the keys page.');
  if (key.revokedAt !== null && key.revokedAt <= now) return refused('This API key was revoked. Create a new one.');
  if (key.expiresAt !== null && key.expiresAt <= now) {
    return refused(`This API key expired at ${key.expiresAt.toISOString()}. Create a new one.`);
  }
  return { kind: 'key', key };
}
