import { findQuotaRequest, updateRequestDecision, withTransaction } from '@slipway/db';
import { conflict, notFound } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import { decideRequest } from '@slipway/domain/quota';
import type { Deps } from '../deps.ts';
import { recordChange } from '../shared/change.ts';
import { requireTeam } from '../shared/team.ts';
import { type QuotaRequestView, toRequestView } from './views.ts';

/** CloseInput is a request to reject, or, with its team, to withdraw. */
export interface CloseInput {
  requestId: string;
  decision: 'reject' | 'cancel';
  team?: string;
  comment: string | null;
}

/** closeRequest ends a pending request without a grant. */
export function closeRequest(deps: Deps, actor: Actor, input: CloseInput): Promise<QuotaRequestView> {
  return withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const teamId = input.team === undefined ? undefined : (await requireTeam(tx, input.team)).id;
    const request = await findQuotaRequest(tx, input.requestId, teamId);
    if (request === null) throw notFound('There is no such request.');
    const status = decideRequest(request.status, input.decision);
    const decided = { status, decidedBy: actor.email, decidedAt: now, comment: input.comment };
    if (!(await updateRequestDecision(tx, request.id, decided))) {
      throw conflict('Somebody else decided this request at the same moment.');
    }
    const team = { id: request.teamId, slug: request.teamSlug };
    const target = { targetKind: 'quota_request', targetId: request.id, targetName: request.flavorName };
    const action = input.decision === 'reject' ? 'quota.rejectQuotaRequest' : 'quota.cancelQuotaRequest';
    await recordChange(tx, { actor, now, action, team, ...target, detail: { comment: input.comment } });
    return toRequestView({ ...request, ...decided });
  });
}
