import { randomUUID } from 'node:crypto';
import {
  closeInvitation,
  findInvitationByToken,
  findUser,
  type InvitationRecord,
  insertUser,
  listMembers,
  lockKey,
  type Tx,
  type UserRecord,
  upsertMember,
  withTransaction,
} from '@slipway/db';
import { conflict, invalidInput, notAllowed, notFound } from '@slipway/domain';
import { type accessContract, invitationStatus } from '@slipway/domain/access';
import { hashPassword } from 'better-auth/crypto';
import type { Caller } from '../deps.ts';
import { recordChange } from '../shared/change.ts';
import { hashSecret } from '../shared/secret.ts';
import type { PublicVerb } from '../shared/verb.ts';

/** acceptInvitation puts the invited person into the team; one without an account gets it with the name and password given. */
export const acceptInvitation: PublicVerb<typeof accessContract.acceptInvitation> = async (deps, caller, input) => {
  // Hashing takes a while: before the transaction, so that it holds no lock meanwhile.
  const passwordHash = input.password === undefined ? null : await hashPassword(input.password);
  return withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const found = await findInvitationByToken(tx, hashSecret(input.token));
    if (found === null) throw notFound('This invitation does not exist: ask for a new one.');
    const { invitation, team } = found;
    await lockKey(tx, `invitation:${invitation.email}`);
    const known = await findUser(tx, { email: invitation.email });
    const status = invitationStatus(invitation, now);
    if (status !== 'pending' || !(await closeInvitation(tx, invitation.id, { acceptedAt: now }))) {
      throw conflict(`This invitation is ${status === 'expired' ? 'too old' : 'closed'}: ask for a new one.`);
    }
    const user =
      known === null
        ? await createInvited(tx, invitation, { name: input.name, passwordHash, now })
        : requireSame(known, caller);
    const members = await listMembers(tx, team.id);
    // Somebody who came into the team by another way keeps the role they have.
    if (!members.some((m) => m.userId === user.id)) {
      await upsertMember(tx, { teamId: team.id, userId: user.id, role: invitation.role, now });
    }
    const actor = {
      userId: user.id,
      email: user.email,
      name: user.name,
      platformRole: user.platformRole,
      memberships: [],
    };
    const target = { targetKind: 'invitation', targetId: invitation.id, targetName: invitation.email };
    await recordChange(tx, { actor, now, action: 'access.acceptInvitation', team, ...target });
    return { email: user.email, teamSlug: team.slug };
  });
};

/** requireSame lets a person with an account in only after signing in: a link alone must not act for them. */
function requireSame(user: UserRecord, caller: Caller): UserRecord {
  if (caller.actor?.userId === user.id) return user;
  throw notAllowed(`Sign in as ${user.email} to accept this invitation.`);
}

async function createInvited(
  tx: Tx,
  invitation: InvitationRecord,
  person: { name: string | undefined; passwordHash: string | null; now: Date },
): Promise<UserRecord> {
  if (person.name === undefined) throw invalidInput('Give your name.', 'name');
  if (person.passwordHash === null) throw invalidInput('Choose a password.', 'password');
  return insertUser(tx, {
    id: randomUUID(),
    email: invitation.email,
    name: person.name,
    platformRole: 'user',
    mustChangePassword: false,
    passwordHash: person.passwordHash,
    now: person.now,
  });
}
