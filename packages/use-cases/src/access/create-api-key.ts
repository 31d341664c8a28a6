import { withTransaction } from '@slipway/db';
import type { accessContract } from '@slipway/domain/access';
import { recordChange } from '../shared/change.ts';
import { daysAfter } from '../shared/days.ts';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { insertKey } from './insert-key.ts';
import { toKeyView } from './views.ts';

/** createApiKey makes a key that opens the gateway for a team; its secret is in the answer only. */
export const createApiKey: Verb<typeof accessContract.createApiKey> = (deps, actor, input) =>
  withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const team = await requireTeam(tx, input.team);
    const expiresAt = daysAfter(now, input.expiresInDays);
    const { key, secret } = await insertKey(tx, { team, actor, kind: 'key', name: input.name, expiresAt, now });
    const target = { targetKind: 'api_key', targetId: key.id, targetName: input.name };
    const detail = { prefix: key.prefix, expiresAt: expiresAt.toISOString() };
    await recordChange(tx, { actor, now, action: 'access.createApiKey', team, ...target, detail });
    return { key: toKeyView(key, now), secret };
  });
