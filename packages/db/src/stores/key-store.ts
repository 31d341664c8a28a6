import type { Tx } from '../transaction.ts';

/** KeyRecord is an API key or a personal access token, without its secret. */
export interface KeyRecord {
  id: string;
  name: string;
  prefix: string;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}
/** NewApiKey is a key of a team; kind "playground" is not listed among the team's keys. */
export interface NewApiKey {
  id: string;
  teamId: string;
  kind: 'key' | 'playground';
  name: string;
  prefix: string;
  secretHash: string;
  createdByUserId: string;
  createdByEmail: string;
  expiresAt: Date;
  createdAt: Date;
}
/** NewAccessToken is a personal access token. */
export interface NewAccessToken {
  id: string;
  userId: string;
  name: string;
  prefix: string;
  secretHash: string;
  expiresAt: Date;
  createdAt: Date;
}

const keyFields = {
  id: true,
  name: true,
  prefix: true,
  createdAt: true,
  expiresAt: true,
  revokedAt: true,
  lastUsedAt: true,
} as const;
const apiKeyFields = { ...keyFields, createdByEmail: true } as const;
const tokenFields = { ...keyFields, user: { select: { email: true } } } as const;

type KeyRow = Omit<KeyRecord, 'createdBy'>;
const fromApiKey = ({ createdByEmail, ...row }: KeyRow & { createdByEmail: string }): KeyRecord => ({
  ...row,
  createdBy: createdByEmail,
});
const fromToken = ({ user, ...row }: KeyRow & { user: { email: string } }): KeyRecord => ({
  ...row,
  createdBy: user.email,
});

/** insertApiKey adds a key for the gateway. */
export async function insertApiKey(tx: Tx, key: NewApiKey): Promise<KeyRecord> {
  return fromApiKey(await tx.apiKey.create({ data: key, select: apiKeyFields }));
}

/** listApiKeyRecords reads a team's keys, newest first. */
export async function listApiKeyRecords(tx: Tx, teamId: string): Promise<KeyRecord[]> {
  const where = { teamId, kind: 'key' };
  const rows = await tx.apiKey.findMany({ where, select: apiKeyFields, orderBy: { createdAt: 'desc' } });
  return rows.map(fromApiKey);
}

/** findApiKey reads a key of a team. */
export async function findApiKey(tx: Tx, teamId: string, id: string): Promise<KeyRecord | null> {
  const row = await tx.apiKey.findFirst({ where: { id, teamId }, select: apiKeyFields });
  return row === null ? null : fromApiKey(row);
}

/** markApiKeyRevoked ends a key; revoking twice keeps the first time. */
export async function markApiKeyRevoked(tx: Tx, id: string, revokedAt: Date): Promise<void> {
  await tx.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt } });
}

/** insertAccessToken adds a personal access token. */
export async function insertAccessToken(tx: Tx, token: NewAccessToken): Promise<KeyRecord> {
  return fromToken(await tx.accessToken.create({ data: token, select: tokenFields }));
}

/** listAccessTokenRecords reads a person's tokens, newest first. */
export async function listAccessTokenRecords(tx: Tx, userId: string): Promise<KeyRecord[]> {
  const rows = await tx.accessToken.findMany({
    where: { userId },
    select: tokenFields,
    orderBy: { createdAt: 'desc' },
  });
  return rows.map(fromToken);
}

/** findAccessToken reads a token of a person. */
export async function findAccessToken(tx: Tx, userId: string, id: string): Promise<KeyRecord | null> {
  const row = await tx.accessToken.findFirst({ where: { id, userId }, select: tokenFields });
  return row === null ? null : fromToken(row);
}

/** findAccessTokenBySecret reads a token, and whose it is, by the hash of its secret. */
export async function findAccessTokenBySecret(
  tx: Tx,
  secretHash: string,
): Promise<(KeyRecord & { userId: string }) | null> {
  const row = await tx.accessToken.findUnique({ where: { secretHash }, select: { ...tokenFields, userId: true } });
  if (row === null) return null;
  const { userId, ...token } = row;
  return { ...fromToken(token), userId };
}

/** markAccessTokenRevoked ends a token; revoking twice keeps the first time. */
export async function markAccessTokenRevoked(tx: Tx, id: string, revokedAt: Date): Promise<void> {
  await tx.accessToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt } });
}

/** touchAccessToken notes that a token was used. */
export async function touchAccessToken(tx: Tx, id: string, lastUsedAt: Date): Promise<void> {
  await tx.accessToken.updateMany({ where: { id }, data: { lastUsedAt } });
}
