import { listMembers, listOpenInvitations } from '@slipway/db';
import type { accessContract } from '@slipway/domain/access';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { toInvitationView, toMemberView, toTeamView } from './views.ts';

/** getTeam shows a team with its people and open invitations. */
export const getTeam: Verb<typeof accessContract.getTeam> = async (deps, actor, input) => {
  const team = await requireTeam(deps.db.prisma, input.team);
  const [members, invitations] = await Promise.all([
    listMembers(deps.db.prisma, team.id),
    listOpenInvitations(deps.db.prisma, team.id),
  ]);
  return {
    ...toTeamView({ ...team, memberCount: members.length }, actor),
    members: members.map(toMemberView),
    invitations: invitations.map((invitation) => toInvitationView(invitation, deps.now())),
  };
};
