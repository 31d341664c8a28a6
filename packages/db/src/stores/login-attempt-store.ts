import type { AttemptCount, AttemptScope } from '@slipway/domain/access';
import type { Tx } from '../transaction.ts';

/** AttemptKeys are what a sign-in is counted by. */
export type AttemptKeys = Record<AttemptScope, string>;

const SCOPES: readonly AttemptScope[] = ['email', 'address'];
const keyOf = (scope: AttemptScope, keys: AttemptKeys) => `${scope}:${keys[scope]}`;

/** readAttempts reads how often sign-in failed for the e-mail and for the address. */
export async function readAttempts(tx: Tx, keys: AttemptKeys): Promise<AttemptCount[]> {
  const rows = await tx.loginAttempt.findMany({ where: { key: { in: SCOPES.map((scope) => keyOf(scope, keys)) } } });
  return SCOPES.flatMap((scope) => {
    const row = rows.find((candidate) => candidate.key === keyOf(scope, keys));
    return row === undefined ? [] : [{ scope, failures: row.failures, windowStart: row.windowStart }];
  });
}

/** countFailedAttempt adds one failure to the e-mail and to the address; a window that is over begins again. */
export async function countFailedAttempt(
  tx: Tx,
  keys: AttemptKeys,
  window: { now: Date; minutes: number },
): Promise<void> {
  const oldest = new Date(window.now.getTime() - window.minutes * 60_000);
  for (const scope of SCOPES) {
    await tx.$executeRaw`
      INSERT INTO login_attempt AS a (key, failures, "windowStart") VALUES (${keyOf(scope, keys)}, 1, ${window.now})
      ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN a."windowStart" <= ${oldest} THEN 1 ELSE a.failures + 1 END,
        "windowStart" = CASE WHEN a."windowStart" <= ${oldest} THEN ${window.now} ELSE a."windowStart" END`;
  }
}

/** clearAttempts forgets an e-mail's failures after it signed in. */
export async function clearAttempts(tx: Tx, email: string): Promise<void> {
  await tx.loginAttempt.deleteMany({ where: { key: `email:${email}` } });
}
