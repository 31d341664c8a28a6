import { listAccessTokenRecords } from '@slipway/db';
import type { accessContract } from '@slipway/domain/access';
import type { Verb } from '../shared/verb.ts';
import { toKeyView } from './views.ts';

/** listAccessTokens lists the actor's personal access tokens. */
export const listAccessTokens: Verb<typeof accessContract.listAccessTokens> = async (deps, actor) => {
  const tokens = await listAccessTokenRecords(deps.db.prisma, actor.userId);
  return { items: tokens.map((token) => toKeyView(token, deps.now())) };
};
