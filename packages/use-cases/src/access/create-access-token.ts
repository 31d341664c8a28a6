import { withTransaction } from '@slipway/db';
import type { accessContract } from '@slipway/domain/access';
import type { Verb } from '../shared/verb.ts';
import { issueAccessToken } from './issue-access-token.ts';

/** createAccessToken makes a token that acts as the actor on CLI and REST; its secret is in the answer only. */
export const createAccessToken: Verb<typeof accessContract.createAccessToken> = (deps, actor, input) =>
  withTransaction(deps.db, async (tx) => {
    const request = { name: input.name, days: input.expiresInDays, now: deps.now() };
    const issued = await issueAccessToken(tx, actor, { ...request, action: 'access.createAccessToken' });
    return { key: issued.token, secret: issued.secret };
  });
