import { findAccessTokenBySecret, findActor, touchAccessToken } from '@slipway/db';
import { ACCESS_TOKEN_PREFIX, type Actor, keyStatus } from '@slipway/domain/access';
import type { Deps } from '../deps.ts';
import { hashSecret } from '../shared/secret.ts';

// A token in steady use would otherwise write a row for each call.
const TOUCH_EVERY_MS = 60_000;

/** authenticateToken gives the actor of a personal access token (without `Bearer `), or null when it opens nothing. */
export async function authenticateToken(deps: Deps, bearer: string): Promise<Actor | null> {
  if (!bearer.startsWith(ACCESS_TOKEN_PREFIX)) return null;
  const now = deps.now();
  const token = await findAccessTokenBySecret(deps.db.prisma, hashSecret(bearer));
  if (token === null || keyStatus(token, now) !== 'ready') return null;
  if (token.lastUsedAt === null || now.getTime() - token.lastUsedAt.getTime() >= TOUCH_EVERY_MS) {
    await touchAccessToken(deps.db.prisma, token.id, now);
  }
  return findActor(deps.db.prisma, token.userId);
}
