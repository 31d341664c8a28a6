import type { Actor, PlatformRole, TeamRole } from '@slipway/domain/access';
import type { Tx } from '../transaction.ts';

/** UserRecord is one person. */
export interface UserRecord {
  id: string;
  email: string;
  name: string;
  platformRole: PlatformRole;
  mustChangePassword: boolean;
  createdAt: Date;
}

type UserRow = Omit<UserRecord, 'platformRole'> & { platformRole: string };

// better-auth's name for an account with a password.
const PASSWORD_PROVIDER = 'credential';

function toUser(row: UserRow): UserRecord {
  const { id, email, name, mustChangePassword, createdAt } = row;
  return { id, email, name, mustChangePassword, createdAt, platformRole: row.platformRole as PlatformRole };
}

/** findUser reads a person by id or by e-mail in lower case. */
export async function findUser(tx: Tx, by: { id: string } | { email: string }): Promise<UserRecord | null> {
  const row = await tx.user.findUnique({ where: by });
  return row === null ? null : toUser(row);
}

/** findActor reads a person with their memberships, as the actor that they are. */
export async function findActor(tx: Tx, userId: string): Promise<Actor | null> {
  const row = await tx.user.findUnique({
    where: { id: userId },
    include: { memberships: { include: { team: { select: { slug: true } } }, orderBy: { createdAt: 'asc' } } },
  });
  if (row === null) return null;
  return {
    userId: row.id,
    email: row.email,
    name: row.name,
    platformRole: row.platformRole as PlatformRole,
    mustChangePassword: row.mustChangePassword,
    memberships: row.memberships.map((m) => ({ teamId: m.teamId, teamSlug: m.team.slug, role: m.role as TeamRole })),
  };
}

/** findPasswordHash reads the hash that a person's password is checked against, or null when they have none. */
export async function findPasswordHash(tx: Tx, userId: string): Promise<string | null> {
  const account = await tx.account.findFirst({ where: { userId, providerId: PASSWORD_PROVIDER } });
  return account?.password ?? null;
}

/** NewUser is a person with a password, as better-auth stores them. */
export interface NewUser {
  id: string;
  email: string;
  name: string;
  platformRole: PlatformRole;
  mustChangePassword: boolean;
  passwordHash: string;
  now: Date;
}

/** insertUser adds a person and the account that holds their password. */
export async function insertUser(tx: Tx, user: NewUser): Promise<UserRecord> {
  const { passwordHash, now, ...data } = user;
  const times = { createdAt: now, updatedAt: now };
  const row = await tx.user.create({ data: { ...data, ...times, emailVerified: true } });
  const account = { id: `password-${user.id}`, accountId: user.id, providerId: PASSWORD_PROVIDER, userId: user.id };
  await tx.account.create({ data: { ...account, ...times, password: passwordHash } });
  return toUser(row);
}

/** listUserRecords reads everybody whose e-mail or name contains `search`, with the slugs of their teams. */
export async function listUserRecords(tx: Tx, search?: string): Promise<(UserRecord & { teams: string[] })[]> {
  const contains = { contains: search ?? '', mode: 'insensitive' } as const;
  const rows = await tx.user.findMany({
    where: search ? { OR: [{ email: contains }, { name: contains }] } : {},
    include: { memberships: { include: { team: { select: { slug: true } } } } },
    orderBy: { email: 'asc' },
  });
  return rows.map((row) => ({ ...toUser(row), teams: row.memberships.map((m) => m.team.slug).sort() }));
}

/** updatePlatformRole changes what a person may do on the platform. */
export async function updatePlatformRole(tx: Tx, userId: string, platformRole: PlatformRole): Promise<void> {
  await tx.user.update({ where: { id: userId }, data: { platformRole } });
}

/** updateMustChangePassword says whether a person has to choose a password of their own next. */
export async function updateMustChangePassword(tx: Tx, userId: string, mustChangePassword: boolean): Promise<void> {
  await tx.user.update({ where: { id: userId }, data: { mustChangePassword } });
}

/** countPlatformAdmins says how many administrators there are. */
export function countPlatformAdmins(tx: Tx): Promise<number> {
  return tx.user.count({ where: { platformRole: 'platform_admin' } });
}
