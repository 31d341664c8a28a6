import { findInvitationByToken, findUser } from '@slipway/db';
import { notFound } from '@slipway/domain';
import { type accessContract, invitationStatus } from '@slipway/domain/access';
import { hashSecret } from '../shared/secret.ts';
import type { PublicVerb } from '../shared/verb.ts';

/** getInvitation shows an invitation to whoever holds its link. */
export const getInvitation: PublicVerb<typeof accessContract.getInvitation> = async (deps, _caller, { token }) => {
  const found = await findInvitationByToken(deps.db.prisma, hashSecret(token));
  if (found === null) throw notFound('This invitation does not exist: ask for a new one.');
  const { invitation, team } = found;
  return {
    email: invitation.email,
    teamName: team.name,
    teamSlug: team.slug,
    role: invitation.role,
    status: invitationStatus(invitation, deps.now()),
    hasAccount: (await findUser(deps.db.prisma, { email: invitation.email })) !== null,
  };
};
