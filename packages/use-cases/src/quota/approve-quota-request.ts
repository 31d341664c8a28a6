import { randomUUID } from 'node:crypto';
import {
  enqueue,
  findQuotaRequest,
  insertQuotaGrant,
  lockTeamQuota,
  updateRequestDecision,
  withTransaction,
} from '@slipway/db';
import { conflict, notFound } from '@slipway/domain';
import { decideRequest, grantTerms, type quotaContract } from '@slipway/domain/quota';
import { recordChange } from '../shared/change.ts';
import type { Verb } from '../shared/verb.ts';
import { toRequestView } from './views.ts';

/** approveQuotaRequest makes the grant, which counts from now and ends by itself. */
export const approveQuotaRequest: Verb<typeof quotaContract.approveQuotaRequest> = (deps, actor, input) =>
  withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const request = await findQuotaRequest(tx, input.requestId);
    if (request === null) throw notFound('There is no such request.');
    await lockTeamQuota(tx, request.teamId, request.flavorId);
    const status = decideRequest(request.status, 'approve');
    const decided = { status, decidedBy: actor.email, decidedAt: now, comment: input.comment ?? null };
    if (!(await updateRequestDecision(tx, request.id, decided))) {
      throw conflict('Somebody else decided this request at the same moment.');
    }
    const terms = grantTerms(request, input, now);
    const grantId = randomUUID();
    const { teamId, flavorId } = request;
    await insertQuotaGrant(tx, { id: grantId, teamId, flavorId, requestId: request.id, ...terms });
    // One job now, so that whoever enforces the grant sees it; that job comes back at the end.
    await enqueue(tx, { kind: 'quota-grant', id: grantId });
    const team = { id: teamId, slug: request.teamSlug };
    const target = { targetKind: 'quota_request', targetId: request.id, targetName: request.flavorName };
    const detail = { grantId, slots: terms.slots, endsAt: terms.endsAt.toISOString(), comment: decided.comment };
    await recordChange(tx, { actor, now, action: 'quota.approveQuotaRequest', team, ...target, detail });
    return toRequestView({ ...request, ...decided, grantId });
  });
