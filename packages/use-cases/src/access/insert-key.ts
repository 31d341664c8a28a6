import { randomUUID } from 'node:crypto';
import { insertApiKey, type KeyRecord, type TeamRecord, type Tx } from '@slipway/db';
import { type Actor, API_KEY_PREFIX } from '@slipway/domain/access';
import { createSecret } from '../shared/secret.ts';

/** KeyRequest is a key that an actor wants for a team. */
export interface KeyRequest {
  team: TeamRecord;
  actor: Actor;
  kind: 'key' | 'playground';
  name: string;
  expiresAt: Date;
  now: Date;
}

/** insertKey writes the key's hash and gives its secret, once. */
export async function insertKey(tx: Tx, request: KeyRequest): Promise<{ key: KeyRecord; secret: string }> {
  const { team, actor, kind, name, expiresAt, now } = request;
  const { secret, secretHash, prefix } = createSecret(API_KEY_PREFIX);
  const key = await insertApiKey(tx, {
    id: randomUUID(),
    teamId: team.id,
    kind,
    name,
    prefix,
    secretHash,
    createdByUserId: actor.userId,
    createdByEmail: actor.email,
    expiresAt,
    createdAt: now,
  });
  return { key, secret };
}
