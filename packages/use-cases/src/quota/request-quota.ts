import { randomUUID } from 'node:crypto';
import { findFlavor, findSamePendingRequest, insertQuotaRequest, lockTeamQuota, withTransaction } from '@slipway/db';
import { invalidInput } from '@slipway/domain';
import type { quotaContract } from '@slipway/domain/quota';
import { recordChange } from '../shared/change.ts';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { toRequestView } from './views.ts';

/** requestQuota asks for slots. Asking for the very same again while the first is pending gives the first. */
export const requestQuota: Verb<typeof quotaContract.requestQuota> = (deps, actor, input) =>
  withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const team = await requireTeam(tx, input.team);
    const flavor = await findFlavor(tx, { name: input.flavor });
    if (flavor === null) throw invalidInput(`There is no flavour ${input.flavor}.`, 'flavor');
    await lockTeamQuota(tx, team.id, flavor.id);
    const { slots, durationHours, purpose } = input;
    const asked = { teamId: team.id, flavorId: flavor.id, slots, durationHours, purpose, requestedBy: actor.email };
    const same = await findSamePendingRequest(tx, asked);
    if (same !== null) return toRequestView(same);
    const request = await insertQuotaRequest(tx, { ...asked, id: randomUUID(), createdAt: now });
    const target = { targetKind: 'quota_request', targetId: request.id, targetName: flavor.name };
    const detail = { slots, durationHours, purpose };
    await recordChange(tx, { actor, now, action: 'quota.requestQuota', team, ...target, detail });
    return toRequestView(request);
  });
