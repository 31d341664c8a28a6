import type { InvitationRecord, KeyRecord, MemberRecord, TeamRecord, UserRecord } from '@slipway/db';
import type { OutputOf } from '@slipway/domain';
import { type Actor, type accessContract, invitationStatus, keyStatus } from '@slipway/domain/access';

type Verbs = typeof accessContract;
/** TeamView is a team in a list. */
export type TeamView = OutputOf<Verbs['createTeam']>;
/** KeyView is a key or token without its secret. */
export type KeyView = OutputOf<Verbs['revokeApiKey']>;
/** MemberView is a person in a team. */
export type MemberView = OutputOf<Verbs['setMemberRole']>;
/** UserView is a person of the installation. */
export type UserView = OutputOf<Verbs['setPlatformRole']>;
/** InvitationView is an invitation without its token. */
export type InvitationView = OutputOf<Verbs['inviteMember']>['invitation'];

/** toTeamView shows a team to an actor. */
export function toTeamView(team: TeamRecord & { memberCount: number }, actor: Actor): TeamView {
  const { id, slug, name, memberCount } = team;
  const role = actor.memberships.find((m) => m.teamId === id)?.role ?? null;
  return { id, slug, name, role, memberCount, createdAt: team.createdAt.toISOString() };
}

/** toKeyView shows a key or token. */
export function toKeyView(key: KeyRecord, now: Date): KeyView {
  const { id, name, prefix, createdBy } = key;
  return {
    id,
    name,
    prefix,
    createdBy,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    status: keyStatus(key, now),
  };
}

/** toMemberView shows a person in a team. */
export function toMemberView(member: MemberRecord): MemberView {
  const { userId, email, name, role } = member;
  return { userId, email, name, role, joinedAt: member.joinedAt.toISOString() };
}

/** toInvitationView shows an invitation. */
export function toInvitationView(invitation: InvitationRecord, now: Date): InvitationView {
  const { id, email, role, invitedBy } = invitation;
  const status = invitationStatus(invitation, now);
  return { id, email, role, invitedBy, status, expiresAt: invitation.expiresAt.toISOString() };
}

/** toUserView shows a person of the installation. */
export function toUserView(user: UserRecord, teams: string[]): UserView {
  const { id, email, name, platformRole } = user;
  return { id, email, name, platformRole, teams, createdAt: user.createdAt.toISOString() };
}
