import { randomUUID } from 'node:crypto';
import { insertAccessToken, type Tx } from '@slipway/db';
import { ACCESS_TOKEN_PREFIX, type Actor } from '@slipway/domain/access';
import { recordChange } from '../shared/change.ts';
import { daysAfter } from '../shared/days.ts';
import { createSecret } from '../shared/secret.ts';
import { type KeyView, toKeyView } from './views.ts';

/** TokenRequest is what a new personal access token is called and how long it holds. */
export interface TokenRequest {
  name: string;
  days: number;
  now: Date;
  action: 'access.login' | 'access.createAccessToken';
}

/** issueAccessToken makes a personal access token for the actor; its secret leaves here once. */
export async function issueAccessToken(
  tx: Tx,
  actor: Actor,
  { name, days, now, action }: TokenRequest,
): Promise<{ token: KeyView; secret: string }> {
  const { secret, secretHash, prefix } = createSecret(ACCESS_TOKEN_PREFIX);
  const expiresAt = daysAfter(now, days);
  const row = { id: randomUUID(), userId: actor.userId, name, prefix, secretHash, expiresAt, createdAt: now };
  const token = await insertAccessToken(tx, row);
  const target = { targetKind: 'access_token', targetId: token.id, targetName: name };
  await recordChange(tx, { actor, now, action, team: null, ...target, detail: { expiresAt: expiresAt.toISOString() } });
  return { token: toKeyView(token, now), secret };
}
