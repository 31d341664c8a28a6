import { findAccessToken, markAccessTokenRevoked, withTransaction } from '@slipway/db';
import { notFound } from '@slipway/domain';
import type { accessContract } from '@slipway/domain/access';
import { recordChange } from '../shared/change.ts';
import type { Verb } from '../shared/verb.ts';
import { toKeyView } from './views.ts';

/** revokeAccessToken ends one of the actor's own tokens. */
export const revokeAccessToken: Verb<typeof accessContract.revokeAccessToken> = (deps, actor, { tokenId }) =>
  withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const token = await findAccessToken(tx, actor.userId, tokenId);
    if (token === null) throw notFound('You have no such token.');
    if (token.revokedAt === null) {
      await markAccessTokenRevoked(tx, token.id, now);
      const target = { targetKind: 'access_token', targetId: token.id, targetName: token.name };
      await recordChange(tx, { actor, now, action: 'access.revokeAccessToken', team: null, ...target });
    }
    return toKeyView({ ...token, revokedAt: token.revokedAt ?? now }, now);
  });
