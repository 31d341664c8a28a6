import { appendAudit, type ChangeEvent, publish, type TeamRecord, type Tx } from '@slipway/db';
import type { Actor } from '@slipway/domain/access';

/** Change is one thing that an actor did, for the audit trail and for whoever is looking. */
export interface Change {
  actor: Actor | 'system';
  now: Date;
  /** action is `<noun>.<procedure>`. */
  action: `${ChangeEvent['noun']}.${string}`;
  team: Pick<TeamRecord, 'id' | 'slug'> | null;
  targetKind: string;
  targetId: string;
  targetName: string;
  detail?: Record<string, unknown>;
}

/** recordChange writes the audit entry and publishes the event of a change; call it last in the transaction. */
export async function recordChange(tx: Tx, change: Change): Promise<void> {
  const { actor, now, action, team, targetKind, targetId, targetName, detail } = change;
  const noun = action.slice(0, action.indexOf('.')) as ChangeEvent['noun'];
  await publish(tx, { noun, id: targetId, teamId: team?.id ?? null });
  await appendAudit(tx, {
    actor: actor === 'system' ? 'system' : actor.email,
    teamSlug: team?.slug ?? null,
    action,
    targetKind,
    targetId,
    targetName,
    ...(detail === undefined ? {} : { detail }),
    now,
  });
}
