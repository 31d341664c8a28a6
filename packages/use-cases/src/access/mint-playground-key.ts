import { publish, withTransaction } from '@slipway/db';
import { notAllowed } from '@slipway/domain';
import { type Actor, can } from '@slipway/domain/access';
import type { Deps } from '../deps.ts';
import { requireTeam, teamNotFound } from '../shared/team.ts';
import { insertKey } from './insert-key.ts';

// One sitting at the playground; the portal asks for the next one by itself.
const PLAYGROUND_KEY_MINUTES = 30;

/** mintPlaygroundKey makes a short-lived key with which the portal calls the gateway for the actor. It is not listed among the team's keys. */
export async function mintPlaygroundKey(
  deps: Deps,
  actor: Actor,
  input: { team: string },
): Promise<{ secret: string; expiresAt: Date }> {
  if (!can(actor, 'team:read', input.team)) throw teamNotFound(input.team);
  if (!can(actor, 'endpoint:invoke', input.team)) throw notAllowed(`You may not call endpoints of team ${input.team}.`);
  return withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const team = await requireTeam(tx, input.team);
    const expiresAt = new Date(now.getTime() + PLAYGROUND_KEY_MINUTES * 60_000);
    const request = { team, actor, kind: 'playground', name: `playground of ${actor.email}`, expiresAt, now } as const;
    const { key, secret } = await insertKey(tx, request);
    // Not audited: it gives nobody more than they have, and would fill the trail with one entry for each sitting.
    await publish(tx, { noun: 'access', id: key.id, teamId: team.id });
    return { secret, expiresAt };
  });
}
