import { countPlatformAdmins, findActor, findUser, lockKey, updatePlatformRole, withTransaction } from '@slipway/db';
import { notFound } from '@slipway/domain';
import { type accessContract, keepPlatformAdmin } from '@slipway/domain/access';
import { recordChange } from '../shared/change.ts';
import type { Verb } from '../shared/verb.ts';
import { toUserView } from './views.ts';

/** setPlatformRole changes what a person may do on the platform, which keeps at least one administrator. */
export const setPlatformRole: Verb<typeof accessContract.setPlatformRole> = (deps, actor, { userId, platformRole }) =>
  withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    await lockKey(tx, 'platform-roles');
    const user = await findUser(tx, { id: userId });
    if (user === null) throw notFound('There is no such person.');
    keepPlatformAdmin(user.platformRole, platformRole, await countPlatformAdmins(tx));
    const memberships = (await findActor(tx, userId))?.memberships ?? [];
    if (user.platformRole !== platformRole) {
      await updatePlatformRole(tx, userId, platformRole);
      const target = { targetKind: 'user', targetId: userId, targetName: user.email };
      const detail = { from: user.platformRole, to: platformRole };
      await recordChange(tx, { actor, now, action: 'access.setPlatformRole', team: null, ...target, detail });
    }
    const teams = memberships.map((m) => m.teamSlug).sort();
    return toUserView({ ...user, platformRole }, teams);
  });
