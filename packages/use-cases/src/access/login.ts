import { clearAttempts, countAttempt, findPasswordHash, findUser, withTransaction } from '@slipway/db';
import { notAllowed, unauthenticated } from '@slipway/domain';
import { ATTEMPT_WINDOW_MINUTES, type accessContract, decideAttempt } from '@slipway/domain/access';
import { verifyPassword } from 'better-auth/crypto';
import type { Deps } from '../deps.ts';
import type { PublicVerb } from '../shared/verb.ts';
import { issueAccessToken } from './issue-access-token.ts';
import { loadActor } from './load-actor.ts';

const TOKEN_DAYS = 30;
// What an unknown e-mail is checked against, so that the answer takes as long as for a known one.
const NOBODYS_HASH = `${'0'.repeat(32)}:${'0'.repeat(128)}`;

/** login exchanges e-mail and password for a personal access token. Too many attempts close it for a while. */
export const login: PublicVerb<typeof accessContract.login> = async (deps, caller, input) => {
  const keys = { email: input.email, address: caller.address };
  const now = deps.now();
  // Counted before the password is looked at, so that many at once are counted too.
  const counts = await countAttempt(deps.db.prisma, keys, { now, minutes: ATTEMPT_WINDOW_MINUTES });
  const decision = decideAttempt(counts, now);
  if (!decision.isAllowed) {
    throw notAllowed(`Too many failed sign-ins. Try again in ${decision.retryInMinutes} minutes.`);
  }
  const userId = await checkPassword(deps, input);
  const actor = userId === null ? null : await loadActor(deps, userId);
  if (actor === null) throw unauthenticated('E-mail or password is wrong.');
  return withTransaction(deps.db, async (tx) => {
    await clearAttempts(tx, keys);
    const request = { name: input.tokenName, days: TOKEN_DAYS, now, action: 'access.login' } as const;
    const { token, secret } = await issueAccessToken(tx, actor, request);
    return { token: secret, expiresAt: token.expiresAt ?? '', email: actor.email };
  });
};

async function checkPassword(deps: Deps, input: { email: string; password: string }): Promise<string | null> {
  const user = await findUser(deps.db.prisma, { email: input.email });
  const hash = user === null ? null : await findPasswordHash(deps.db.prisma, user.id);
  const isRight = await verifyPassword({ hash: hash ?? NOBODYS_HASH, password: input.password });
  return user !== null && hash !== null && isRight ? user.id : null;
}
