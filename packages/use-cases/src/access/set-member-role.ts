import { upsertMember, withTransaction } from '@slipway/db';
import { type accessContract, keepTeamAdmin } from '@slipway/domain/access';
import { recordChange } from '../shared/change.ts';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { lockMembers } from './lock-members.ts';
import { toMemberView } from './views.ts';

/** setMemberRole changes what a person may do in a team, which keeps at least one admin. */
export const setMemberRole: Verb<typeof accessContract.setMemberRole> = (deps, actor, { team: slug, userId, role }) =>
  withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const team = await requireTeam(tx, slug);
    const { member, adminCount } = await lockMembers(tx, team.id, userId);
    keepTeamAdmin(member.role, role, adminCount);
    if (member.role !== role) {
      await upsertMember(tx, { teamId: team.id, userId, role, now });
      const target = { targetKind: 'user', targetId: userId, targetName: member.email };
      const detail = { from: member.role, to: role };
      await recordChange(tx, { actor, now, action: 'access.setMemberRole', team, ...target, detail });
    }
    return toMemberView({ ...member, role });
  });
