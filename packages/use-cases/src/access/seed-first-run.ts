import { randomUUID } from 'node:crypto';
import {
  countPlatformAdmins,
  findTeam,
  findUser,
  insertPrices,
  insertTeam,
  insertUser,
  listPriceEntries,
  lockKey,
  type Tx,
  upsertMember,
  withTransaction,
} from '@slipway/db';
import { invalidInput, passwordSchema } from '@slipway/domain';
import type { PriceKey } from '@slipway/domain/metering';
import { hashPassword } from 'better-auth/crypto';
import type { Deps } from '../deps.ts';
import { recordChange } from '../shared/change.ts';
import { randomText } from '../shared/secret.ts';

const PLATFORM_TEAM = { slug: 'platform', name: 'Platform' };
const ONE_TIME_PASSWORD_LENGTH = 20;
/** DEFAULT_PRICES are what a new installation charges until somebody edits the price book, in micros. */
const DEFAULT_PRICES: readonly (PriceKey & { amountMicros: bigint })[] = [
  { kind: 'slot_hour', flavorName: 'cpu', modelName: null, amountMicros: 20_000n },
  { kind: 'prompt_tokens', flavorName: null, modelName: null, amountMicros: 50_000n },
  { kind: 'completion_tokens', flavorName: null, modelName: null, amountMicros: 150_000n },
];

/** FirstRun says who the administrator is, and the password to show once when it was generated just now. */
export interface FirstRun {
  adminEmail: string;
  oneTimePassword: string | null;
}

/** seedFirstRun gives an empty installation its administrator, the team "platform" and default prices; later calls change nothing. */
export async function seedFirstRun(
  deps: Deps,
  input: { adminEmail: string; adminPassword?: string | undefined },
): Promise<FirstRun> {
  const adminEmail = input.adminEmail.trim().toLowerCase();
  const chosen = input.adminPassword;
  if (chosen !== undefined && !passwordSchema.safeParse(chosen).success) {
    throw invalidInput('The administrator’s password needs 12 to 200 characters.', 'adminPassword');
  }
  const password = chosen ?? randomText(ONE_TIME_PASSWORD_LENGTH);
  const passwordHash = await hashPassword(password);
  return withTransaction(deps.db, async (tx) => {
    await lockKey(tx, 'seed-first-run');
    const now = deps.now();
    await seedPrices(tx, now);
    if ((await countPlatformAdmins(tx)) > 0) return { adminEmail, oneTimePassword: null };
    const known = await findUser(tx, { email: adminEmail });
    if (known !== null) {
      throw invalidInput(`${adminEmail} is a person without administrator rights: choose another e-mail address.`);
    }
    const mustChangePassword = chosen === undefined;
    const person = { id: randomUUID(), email: adminEmail, name: 'Administrator', mustChangePassword };
    const admin = await insertUser(tx, { ...person, platformRole: 'platform_admin', passwordHash, now });
    const team =
      (await findTeam(tx, { slug: PLATFORM_TEAM.slug })) ??
      (await insertTeam(tx, { id: randomUUID(), ...PLATFORM_TEAM, createdAt: now }));
    await upsertMember(tx, { teamId: team.id, userId: admin.id, role: 'team_admin', now });
    await recordChange(tx, {
      actor: 'system',
      now,
      action: 'access.seedFirstRun',
      team,
      targetKind: 'user',
      targetId: admin.id,
      targetName: admin.email,
    });
    return { adminEmail, oneTimePassword: mustChangePassword ? password : null };
  });
}

async function seedPrices(tx: Tx, now: Date): Promise<void> {
  const entries = await listPriceEntries(tx);
  const missing = DEFAULT_PRICES.filter(
    (price) => !entries.some((e) => e.kind === price.kind && e.flavorName === price.flavorName && e.modelName === null),
  );
  // From the beginning of time, so that nothing used before the first edit is without a price.
  const effectiveFrom = new Date(0);
  await insertPrices(
    tx,
    missing.map((price) => ({ ...price, id: randomUUID(), effectiveFrom, setBy: 'system', createdAt: now })),
  );
}
