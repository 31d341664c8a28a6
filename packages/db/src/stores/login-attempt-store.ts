import type { AttemptCount, AttemptScope } from '@slipway/domain/access';
import type { Tx } from '../transaction.ts';

/** AttemptKeys are what a sign-in is counted by. */
export type AttemptKeys = Record<AttemptScope, string>;

const SCOPES: readonly AttemptScope[] = ['email', 'address'];
const keyOf = (scope: AttemptScope, keys: AttemptKeys) => `${scope}:${keys[scope]}`;

/** countAttempt adds one to the e-mail's and to the address's count and gives both; a window that is over begins again. */
export async function countAttempt(
  tx: Tx,
  keys: AttemptKeys,
  window: { now: Date; minutes: number },
): Promise<AttemptCount[]> {
  const oldest = new Date(window.now.getTime() - window.minutes * 60_000);
  const counts: AttemptCount[] = [];
  for (const scope of SCOPES) {
    const [row] = await tx.$queryRaw<{ failures: number; windowStart: Date }[]>`
      INSERT INTO login_attempt AS a (key, failures, "windowStart") VALUES (${keyOf(scope, keys)}, 1, ${window.now})
      ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN a."windowStart" <= ${oldest} THEN 1 ELSE a.failures + 1 END,
        "windowStart" = CASE WHEN a."windowStart" <= ${oldest} THEN ${window.now} ELSE a."windowStart" END
      RETURNING failures, "windowStart"`;
    if (row !== undefined) counts.push({ scope, attempts: row.failures, windowStart: row.windowStart });
  }
  return counts;
}

/** clearAttempts forgets an e-mail's attempts after it signed in, and takes the one that succeeded off the address. */
export async function clearAttempts(tx: Tx, keys: AttemptKeys): Promise<void> {
  await tx.loginAttempt.deleteMany({ where: { key: keyOf('email', keys) } });
  await tx.loginAttempt.updateMany({
    where: { key: keyOf('address', keys), failures: { gt: 0 } },
    data: { failures: { decrement: 1 } },
  });
}
