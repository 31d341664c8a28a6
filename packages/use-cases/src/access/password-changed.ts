import { updateMustChangePassword, withTransaction } from '@slipway/db';
import type { Actor } from '@slipway/domain/access';
import type { Deps } from '../deps.ts';
import { recordChange } from '../shared/change.ts';

/** passwordChanged notes that the actor chose a password of their own, after the sign-in library changed it. */
export function passwordChanged(deps: Deps, actor: Actor): Promise<void> {
  return withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    await updateMustChangePassword(tx, actor.userId, false);
    const target = { targetKind: 'user', targetId: actor.userId, targetName: actor.email };
    await recordChange(tx, { actor, now, action: 'access.changePassword', team: null, ...target });
  });
}
