import { deleteMember, withTransaction } from '@slipway/db';
import { type accessContract, keepTeamAdmin } from '@slipway/domain/access';
import { recordChange } from '../shared/change.ts';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { lockMembers } from './lock-members.ts';

/** removeMember takes a person out of a team, which keeps at least one admin. */
export const removeMember: Verb<typeof accessContract.removeMember> = (deps, actor, { team: slug, userId }) =>
  withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const team = await requireTeam(tx, slug);
    const { member, adminCount } = await lockMembers(tx, team.id, userId);
    keepTeamAdmin(member.role, null, adminCount);
    await deleteMember(tx, team.id, userId);
    const target = { targetKind: 'user', targetId: userId, targetName: member.email };
    await recordChange(tx, {
      actor,
      now,
      action: 'access.removeMember',
      team,
      ...target,
      detail: { role: member.role },
    });
    return {};
  });
