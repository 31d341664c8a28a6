import type { TeamRole } from '@slipway/domain/access';
import type { Tx } from '../transaction.ts';

/** TeamRecord is one tenant. */
export interface TeamRecord {
  id: string;
  slug: string;
  name: string;
  createdAt: Date;
}
/** MemberRecord is a person in a team. */
export interface MemberRecord {
  userId: string;
  email: string;
  name: string;
  role: TeamRole;
  joinedAt: Date;
}
/** InvitationRecord is an invitation into a team; the token that opens it is stored as its hash only. */
export interface InvitationRecord {
  id: string;
  teamId: string;
  email: string;
  role: TeamRole;
  invitedBy: string;
  expiresAt: Date;
  acceptedAt: Date | null;
  cancelledAt: Date | null;
  createdAt: Date;
}

const teamFields = { id: true, slug: true, name: true, createdAt: true } as const;
const invitationFields = {
  id: true,
  teamId: true,
  email: true,
  role: true,
  invitedBy: true,
  expiresAt: true,
  acceptedAt: true,
  cancelledAt: true,
  createdAt: true,
} as const;

const toInvitation = (row: Omit<InvitationRecord, 'role'> & { role: string }): InvitationRecord => ({
  ...row,
  role: row.role as TeamRole,
});

/** findTeam reads a team by id or slug. */
export function findTeam(tx: Tx, by: { id: string } | { slug: string }): Promise<TeamRecord | null> {
  return tx.team.findUnique({ where: by, select: teamFields });
}

/** listTeamRecords reads teams by name: all, or those whose id is in `ids`. */
export async function listTeamRecords(
  tx: Tx,
  filter: { ids?: readonly string[] | undefined; search?: string | undefined },
): Promise<(TeamRecord & { memberCount: number })[]> {
  const contains = { contains: filter.search ?? '', mode: 'insensitive' } as const;
  const rows = await tx.team.findMany({
    where: {
      ...(filter.ids ? { id: { in: [...filter.ids] } } : {}),
      ...(filter.search ? { OR: [{ slug: contains }, { name: contains }] } : {}),
    },
    select: { ...teamFields, _count: { select: { memberships: true } } },
    orderBy: { name: 'asc' },
  });
  return rows.map(({ _count, ...team }) => ({ ...team, memberCount: _count.memberships }));
}

/** insertTeam adds a team. */
export function insertTeam(tx: Tx, team: TeamRecord): Promise<TeamRecord> {
  return tx.team.create({ data: team, select: teamFields });
}

/** listMembers reads a team's people, longest there first. */
export async function listMembers(tx: Tx, teamId: string): Promise<MemberRecord[]> {
  const rows = await tx.membership.findMany({
    where: { teamId },
    include: { user: { select: { email: true, name: true } } },
    orderBy: [{ createdAt: 'asc' }, { userId: 'asc' }],
  });
  return rows.map((row) => ({
    userId: row.userId,
    email: row.user.email,
    name: row.user.name,
    role: row.role as TeamRole,
    joinedAt: row.createdAt,
  }));
}

/** upsertMember puts a person into a team, or changes their role there. */
export async function upsertMember(
  tx: Tx,
  member: { teamId: string; userId: string; role: TeamRole; now: Date },
): Promise<void> {
  const { teamId, userId, role, now } = member;
  await tx.membership.upsert({
    where: { teamId_userId: { teamId, userId } },
    create: { teamId, userId, role, createdAt: now },
    update: { role },
  });
}

/** deleteMember takes a person out of a team. */
export async function deleteMember(tx: Tx, teamId: string, userId: string): Promise<void> {
  await tx.membership.deleteMany({ where: { teamId, userId } });
}

/** insertInvitation adds an invitation. */
export async function insertInvitation(
  tx: Tx,
  invitation: Omit<InvitationRecord, 'acceptedAt' | 'cancelledAt'> & { tokenHash: string },
): Promise<InvitationRecord> {
  return toInvitation(await tx.invitation.create({ data: invitation, select: invitationFields }));
}

/** listOpenInvitations reads a team's invitations that were neither accepted nor cancelled, newest first. */
export async function listOpenInvitations(tx: Tx, teamId: string): Promise<InvitationRecord[]> {
  const rows = await tx.invitation.findMany({
    where: { teamId, acceptedAt: null, cancelledAt: null },
    select: invitationFields,
    orderBy: { createdAt: 'desc' },
  });
  return rows.map(toInvitation);
}

/** findInvitation reads an invitation of a team by id. */
export async function findInvitation(tx: Tx, teamId: string, id: string): Promise<InvitationRecord | null> {
  const row = await tx.invitation.findFirst({ where: { id, teamId }, select: invitationFields });
  return row === null ? null : toInvitation(row);
}

/** findInvitationByToken reads an invitation, and its team, by the hash of its token. */
export async function findInvitationByToken(
  tx: Tx,
  tokenHash: string,
): Promise<{ invitation: InvitationRecord; team: TeamRecord } | null> {
  const row = await tx.invitation.findUnique({
    where: { tokenHash },
    select: { ...invitationFields, team: { select: teamFields } },
  });
  if (row === null) return null;
  const { team, ...invitation } = row;
  return { invitation: toInvitation(invitation), team };
}

/** closeInvitation marks an open invitation as accepted or cancelled; false when somebody else closed it first. */
export async function closeInvitation(
  tx: Tx,
  id: string,
  closed: { acceptedAt: Date } | { cancelledAt: Date },
): Promise<boolean> {
  const { count } = await tx.invitation.updateMany({
    where: { id, acceptedAt: null, cancelledAt: null },
    data: closed,
  });
  return count === 1;
}
