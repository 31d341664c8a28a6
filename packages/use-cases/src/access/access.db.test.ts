import { verifyAuditChain } from '@slipway/db';
import type { Actor } from '@slipway/domain/access';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_PASSWORD, openTestPlatform, type TestPlatform } from '../testing/index.ts';
import {
  acceptInvitation,
  authenticateToken,
  cancelInvitation,
  createAccessToken,
  createApiKey,
  createTeam,
  getInvitation,
  getTeam,
  inviteMember,
  listAccessTokens,
  listApiKeys,
  listAudit,
  listTeams,
  loadActor,
  login,
  me,
  mintPlaygroundKey,
  passwordChanged,
  removeMember,
  revokeAccessToken,
  revokeApiKey,
  seedFirstRun,
  setMemberRole,
  setPlatformRole,
} from './index.ts';

const START = new Date('2026-03-01T12:00:00Z');
const days = (n: number) => new Date(START.getTime() + n * 86_400_000);
const nobody = { actor: null, address: '10.0.0.1' };
let platform: TestPlatform;
let team: Actor;
beforeAll(async () => {
  platform = await openTestPlatform(START);
  await platform.createTeam('vision');
  team = await platform.createPerson('tara', { teams: { vision: 'team_admin' } });
});
afterAll(() => platform.close());

const tokenOf = (acceptPath: string) => acceptPath.replace('/invite/', '');
const audited = async (action: string) => {
  const page = await listAudit(platform.deps, platform.admin, { action, limit: 200 });
  return page.items.filter((entry) => entry.action === action);
};

describe('the first run', () => {
  test('a second start keeps the administrator, the team and the prices', async () => {
    const again = await seedFirstRun(platform.deps, { adminEmail: 'other@example.com' });
    expect(again.oneTimePassword).toBeNull();
    expect(await platform.db.prisma.user.count({ where: { platformRole: 'platform_admin' } })).toBe(1);
    expect(await platform.db.prisma.price.count()).toBe(3);
  });

  test('without a password one is made, shown once, and has to be changed', async () => {
    const fresh = await openTestPlatform();
    await fresh.db.prisma.user.deleteMany();
    const seeded = await seedFirstRun(fresh.deps, { adminEmail: 'Root@Example.com ' });
    expect(seeded.oneTimePassword).toHaveLength(20);
    const { token } = await login(fresh.deps, nobody, {
      email: seeded.adminEmail,
      password: seeded.oneTimePassword ?? '',
      tokenName: 'cli',
    });
    const actor = await authenticateToken(fresh.deps, token);
    if (actor === null) throw new Error('the token must open');
    expect((await me(fresh.deps, actor, {})).mustChangePassword).toBe(true);
    expect(actor.mustChangePassword).toBe(true);
    await passwordChanged(fresh.deps, actor);
    expect((await me(fresh.deps, actor, {})).mustChangePassword).toBe(false);
    await fresh.close();
  });
});

describe('login', () => {
  const credentials = { email: 'admin@example.com', password: ADMIN_PASSWORD, tokenName: 'cli' };

  test('gives a token that acts as the person, until it is revoked', async () => {
    const { token, email } = await login(platform.deps, nobody, credentials);
    const actor = await authenticateToken(platform.deps, token);
    expect([email, actor?.email, actor?.platformRole]).toEqual([
      'admin@example.com',
      'admin@example.com',
      'platform_admin',
    ]);
    const { items } = await listAccessTokens(platform.deps, platform.admin, {});
    await revokeAccessToken(platform.deps, platform.admin, { tokenId: items[0]?.id ?? '' });
    expect(await authenticateToken(platform.deps, token)).toBeNull();
  });

  test('says the same about a wrong password and an unknown person', async () => {
    for (const email of ['admin@example.com', 'nobody@example.com']) {
      await expect(login(platform.deps, nobody, { ...credentials, email, password: 'wrong' })).rejects.toThrow(
        'E-mail or password is wrong.',
      );
    }
  });

  test('closes after ten attempts, also when all are made at once and for the right password, and opens again', async () => {
    const other = { actor: null, address: '10.0.0.2' };
    await platform.db.prisma.loginAttempt.deleteMany();
    const guesses = Array.from({ length: 30 }, () =>
      login(platform.deps, other, { ...credentials, password: 'wrong' }),
    );
    const reasons = (await Promise.allSettled(guesses)).map((guess) =>
      guess.status === 'rejected' ? guess.reason.code : '',
    );
    expect(reasons.filter((code) => code === 'unauthenticated')).toHaveLength(10);
    expect(reasons.filter((code) => code === 'not_allowed')).toHaveLength(20);
    await expect(login(platform.deps, nobody, credentials)).rejects.toThrow('Try again in 15 minutes');
    platform.setNow(new Date(START.getTime() + 15 * 60_000));
    expect((await login(platform.deps, nobody, credentials)).token).toMatch(/^slpat_[A-Za-z0-9]{40}$/);
    platform.setNow(START);
  });
});

describe('personal access tokens', () => {
  test('end by themselves, and are nobody else’s to see or revoke', async () => {
    const { key, secret } = await createAccessToken(platform.deps, team, { name: 'ci', expiresInDays: 1 });
    expect((await authenticateToken(platform.deps, secret))?.userId).toBe(team.userId);
    await expect(revokeAccessToken(platform.deps, platform.admin, { tokenId: key.id })).rejects.toThrow(
      'no such token',
    );
    platform.setNow(days(1));
    expect(await authenticateToken(platform.deps, secret)).toBeNull();
    platform.setNow(START);
  });

  test('are not stored', async () => {
    const { secret } = await createAccessToken(platform.deps, team, { name: 'kept', expiresInDays: 1 });
    const stored = JSON.stringify([
      await platform.db.prisma.accessToken.findMany(),
      (await platform.db.prisma.auditEntry.findMany()).map((entry) => [entry.detail, entry.targetName]),
    ]);
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain(secret.slice(-20));
  });
});

describe('API keys', () => {
  test('are shown once, listed without secret, and revoked for good', async () => {
    const input = { team: 'vision', name: 'app', expiresInDays: 30 };
    const { key, secret } = await createApiKey(platform.deps, team, input);
    expect(secret.startsWith(key.prefix)).toBe(true);
    const listed = await listApiKeys(platform.deps, team, { team: 'vision' });
    expect(JSON.stringify(listed)).not.toContain(secret);
    const first = await revokeApiKey(platform.deps, team, { team: 'vision', keyId: key.id });
    platform.setNow(days(1));
    const second = await revokeApiKey(platform.deps, team, { team: 'vision', keyId: key.id });
    expect([first.status, second.revokedAt]).toEqual(['cancelled', first.revokedAt]);
    expect(await audited('access.revokeApiKey')).toHaveLength(1);
    platform.setNow(START);
  });

  test('of the playground are short-lived and not listed', async () => {
    const { expiresAt } = await mintPlaygroundKey(platform.deps, team, { team: 'vision' });
    expect(expiresAt.getTime() - START.getTime()).toBeLessThanOrEqual(3_600_000);
    const { items } = await listApiKeys(platform.deps, team, { team: 'vision' });
    expect(items.some((key) => key.name.includes('playground'))).toBe(false);
    await expect(mintPlaygroundKey(platform.deps, team, { team: 'platform' })).rejects.toThrow(
      'There is no team platform',
    );
  });
});

describe('invitations', () => {
  const invite = (email: string) => inviteMember(platform.deps, team, { team: 'vision', email, role: 'team_member' });

  test('a new person comes in with a password of their own, once', async () => {
    const { acceptPath, invitation } = await invite('nina@example.com');
    const token = tokenOf(acceptPath);
    expect(await getInvitation(platform.deps, nobody, { token })).toMatchObject({
      hasAccount: false,
      status: 'pending',
    });
    const input = { token, name: 'Nina', password: 'a long enough one' };
    await acceptInvitation(platform.deps, nobody, input);
    await expect(acceptInvitation(platform.deps, nobody, input)).rejects.toThrow('closed');
    const signedIn = await login(platform.deps, nobody, {
      email: 'nina@example.com',
      password: 'a long enough one',
      tokenName: 'cli',
    });
    const nina = await authenticateToken(platform.deps, signedIn.token);
    expect(nina?.memberships.map((m) => [m.teamSlug, m.role])).toEqual([['vision', 'team_member']]);
    const shown = await getTeam(platform.deps, team, { team: 'vision' });
    expect(shown.invitations.some((open) => open.id === invitation.id)).toBe(false);
    expect(shown.members.map((member) => member.email)).toContain('nina@example.com');
  });

  test('a person with an account has to be signed in: the link alone does not act for them', async () => {
    const omar = await platform.createPerson('omar');
    const token = tokenOf((await invite('omar@example.com')).acceptPath);
    const input = { token, name: 'Mallory', password: 'mallory’s password' };
    await expect(acceptInvitation(platform.deps, nobody, input)).rejects.toThrow('Sign in as omar@example.com');
    await expect(acceptInvitation(platform.deps, { ...nobody, actor: team }, input)).rejects.toThrow('Sign in as');
    await acceptInvitation(platform.deps, { ...nobody, actor: omar }, { token });
    expect((await loadActor(platform.deps, omar.userId))?.memberships).toHaveLength(1);
  });

  test.each([
    ['too old', (id: string) => id, days(7), 'too old'],
    [
      'cancelled',
      (id: string) => cancelInvitation(platform.deps, team, { team: 'vision', invitationId: id }),
      START,
      'closed',
    ],
  ] as const)('one that is %s lets nobody in', async (what, spoil, now, message) => {
    const email = `late-${what.replace(' ', '-')}@example.com`;
    const { acceptPath, invitation } = await invite(email);
    await spoil(invitation.id);
    platform.setNow(now);
    const input = { token: tokenOf(acceptPath), name: 'Late', password: 'a long enough one' };
    await expect(acceptInvitation(platform.deps, nobody, input)).rejects.toThrow(message);
    expect(await platform.db.prisma.user.count({ where: { email } })).toBe(0);
    platform.setNow(START);
  });

  test('somebody already in the team is not invited again', async () => {
    await expect(invite('tara@example.com')).rejects.toThrow('is in team vision already');
  });
});

describe('the last admin', () => {
  test('of a team cannot step down or be removed, also when two try at once', async () => {
    await platform.createTeam('duo');
    const ann = await platform.createPerson('ann', { teams: { duo: 'team_admin' } });
    const bob = await platform.createPerson('bob', { teams: { duo: 'team_admin' } });
    const results = await Promise.allSettled([
      removeMember(platform.deps, ann, { team: 'duo', userId: bob.userId }),
      setMemberRole(platform.deps, bob, { team: 'duo', userId: ann.userId, role: 'team_member' }),
    ]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const { members } = await getTeam(platform.deps, platform.admin, { team: 'duo' });
    expect(members.filter((member) => member.role === 'team_admin')).toHaveLength(1);
  });

  test('of the platform keeps the role', async () => {
    const { userId } = platform.admin;
    await expect(setPlatformRole(platform.deps, platform.admin, { userId, platformRole: 'user' })).rejects.toThrow(
      'at least one administrator',
    );
  });
});

describe('teams', () => {
  test('a second team of the same slug is refused, also when both are made at once', async () => {
    const input = { name: 'Speech', slug: 'speech' };
    const results = await Promise.allSettled([1, 2].map(() => createTeam(platform.deps, platform.admin, input)));
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = results.find((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'conflict' });
  });

  test('a person sees their own, the administrator all', async () => {
    const own = await listTeams(platform.deps, team, {});
    const all = await listTeams(platform.deps, platform.admin, {});
    expect(own.items.map((item) => item.slug)).toEqual(['vision']);
    expect(all.items.length).toBeGreaterThan(2);
  });
});

test('the audit trail pages through every change without a gap, can be searched, and its chain holds', async () => {
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAudit(platform.deps, platform.admin, { limit: 7, cursor });
    seen.push(...page.items.map((entry) => entry.sequence));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(await platform.db.prisma.auditEntry.count());
  expect(seen).toEqual([...seen].sort((a, b) => b - a));
  const found = await listAudit(platform.deps, platform.admin, { limit: 50, search: 'NINA@' });
  expect(found.items.map((entry) => entry.action)).toContain('access.inviteMember');
  expect(await verifyAuditChain(platform.db)).toMatchObject({ isIntact: true });
});
