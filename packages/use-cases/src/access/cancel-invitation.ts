import { closeInvitation, findInvitation, withTransaction } from '@slipway/db';
import { conflict, notFound } from '@slipway/domain';
import type { accessContract } from '@slipway/domain/access';
import { recordChange } from '../shared/change.ts';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';

/** cancelInvitation makes an open invitation's link useless. */
export const cancelInvitation: Verb<typeof accessContract.cancelInvitation> = (deps, actor, input) =>
  withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const team = await requireTeam(tx, input.team);
    const invitation = await findInvitation(tx, team.id, input.invitationId);
    if (invitation === null) throw notFound('There is no such invitation in this team.');
    if (invitation.acceptedAt !== null) throw conflict('This invitation was accepted already.');
    // Cancelling twice is cancelling once.
    if (!(await closeInvitation(tx, invitation.id, { cancelledAt: now }))) return {};
    const target = { targetKind: 'invitation', targetId: invitation.id, targetName: invitation.email };
    await recordChange(tx, { actor, now, action: 'access.cancelInvitation', team, ...target });
    return {};
  });
