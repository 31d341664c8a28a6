import { randomUUID } from 'node:crypto';
import { findUser, insertInvitation, listMembers, withTransaction } from '@slipway/db';
import { conflict } from '@slipway/domain';
import { type accessContract, INVITATION_DAYS } from '@slipway/domain/access';
import { recordChange } from '../shared/change.ts';
import { daysAfter } from '../shared/days.ts';
import { hashSecret, randomText } from '../shared/secret.ts';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { toInvitationView } from './views.ts';

const TOKEN_LENGTH = 40;

/** inviteMember invites a person into a team. The link is in the answer only; what is kept is its hash. */
export const inviteMember: Verb<typeof accessContract.inviteMember> = (deps, actor, input) =>
  withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const team = await requireTeam(tx, input.team);
    const known = await findUser(tx, { email: input.email });
    const members = known === null ? [] : await listMembers(tx, team.id);
    if (members.some((member) => member.userId === known?.id)) {
      throw conflict(`${input.email} is in team ${team.slug} already.`, 'email');
    }
    const token = randomText(TOKEN_LENGTH);
    const invitation = await insertInvitation(tx, {
      id: randomUUID(),
      teamId: team.id,
      email: input.email,
      role: input.role,
      invitedBy: actor.email,
      expiresAt: daysAfter(now, INVITATION_DAYS),
      createdAt: now,
      tokenHash: hashSecret(token),
    });
    const target = { targetKind: 'invitation', targetId: invitation.id, targetName: input.email };
    const detail = { role: input.role };
    await recordChange(tx, { actor, now, action: 'access.inviteMember', team, ...target, detail });
    return { invitation: toInvitationView(invitation, now), acceptPath: `/invite/${token}` };
  });
