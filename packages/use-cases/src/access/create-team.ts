import { randomUUID } from 'node:crypto';
import { findTeam, insertTeam, upsertMember, withTransaction } from '@slipway/db';
import { conflict } from '@slipway/domain';
import type { accessContract } from '@slipway/domain/access';
import { recordChange } from '../shared/change.ts';
import type { Verb } from '../shared/verb.ts';

/** createTeam makes a team whose admin is the actor. */
export const createTeam: Verb<typeof accessContract.createTeam> = (deps, actor, { name, slug }) =>
  withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    if ((await findTeam(tx, { slug })) !== null) throw conflict(`A team ${slug} exists already.`, 'slug');
    const team = await insertTeam(tx, { id: randomUUID(), slug, name, createdAt: now });
    await upsertMember(tx, { teamId: team.id, userId: actor.userId, role: 'team_admin', now });
    const target = { targetKind: 'team', targetId: team.id, targetName: slug };
    await recordChange(tx, { actor, now, action: 'access.createTeam', team, ...target, detail: { name } });
    return { id: team.id, slug, name, role: 'team_admin', memberCount: 1, createdAt: now.toISOString() };
  });
