import { findApiKey, markApiKeyRevoked, withTransaction } from '@slipway/db';
import { notFound } from '@slipway/domain';
import type { accessContract } from '@slipway/domain/access';
import { recordChange } from '../shared/change.ts';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { toKeyView } from './views.ts';

/** revokeApiKey ends a key at once; the gateway hears of it by the event. */
export const revokeApiKey: Verb<typeof accessContract.revokeApiKey> = (deps, actor, input) =>
  withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const team = await requireTeam(tx, input.team);
    const key = await findApiKey(tx, team.id, input.keyId);
    if (key === null) throw notFound('There is no such key in this team.');
    if (key.revokedAt === null) {
      await markApiKeyRevoked(tx, key.id, now);
      const target = { targetKind: 'api_key', targetId: key.id, targetName: key.name };
      const detail = { prefix: key.prefix };
      await recordChange(tx, { actor, now, action: 'access.revokeApiKey', team, ...target, detail });
    }
    return toKeyView({ ...key, revokedAt: key.revokedAt ?? now }, now);
  });
