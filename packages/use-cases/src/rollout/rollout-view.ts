import { type EndpointRecord, type RolloutRecord, readTrafficByRevision, type TrafficRow, type Tx } from '@slipway/db';
import { conflict, type OutputOf } from '@slipway/domain';
import type { rolloutContract } from '@slipway/domain/rollout';
import { toRevisionView } from '../serving/endpoint-view.ts';

/** RolloutView is a rollout with both revisions' traffic since it began. */
export type RolloutView = OutputOf<typeof rolloutContract.startCanary>;
type Stats = RolloutView['canary']['stats'];

/** toRolloutSummary is a rollout without its revisions. */
export function toRolloutSummary(rollout: RolloutRecord, endpoint: EndpointRecord) {
  const { id, status, reason, percent, startedBy, startedAt, endedBy, endedAt } = rollout;
  return {
    id,
    team: endpoint.teamSlug,
    endpoint: endpoint.name,
    status,
    reason,
    percent,
    startedBy,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    endedBy,
  };
}

/** viewRollout reads both revisions' traffic and shows it side by side. */
export async function viewRollout(tx: Tx, rollout: RolloutRecord, endpoint: EndpointRecord): Promise<RolloutView> {
  const range = { from: rollout.startedAt, to: rollout.endedAt };
  const rows = await readTrafficByRevision(tx, endpoint.id, range);
  const show = (revisionId: string) => {
    const revision = endpoint.revisions.find((candidate) => candidate.id === revisionId);
    if (revision === undefined) throw conflict('A revision of this rollout is gone.');
    const row = rows.find((candidate) => candidate.revisionId === revisionId);
    return { ...toRevisionView(revision, endpoint), stats: toStats(row) };
  };
  return {
    ...toRolloutSummary(rollout, endpoint),
    stable: show(rollout.stableRevisionId),
    canary: show(rollout.canaryRevisionId),
  };
}

function toStats(row: TrafficRow | undefined): Stats {
  const { requests = 0, errors = 0, completionTokens = 0, seconds = 0 } = row ?? {};
  return {
    requests,
    errors,
    errorRate: requests === 0 ? null : errors / requests,
    ttftP50Ms: row?.ttftP50Ms ?? null,
    ttftP95Ms: row?.ttftP95Ms ?? null,
    latencyP50Ms: row?.latencyP50Ms ?? null,
    latencyP95Ms: row?.latencyP95Ms ?? null,
    // While one request runs: what its reader sees, not what the replica does for all together.
    tokensPerSecond: seconds > 0 && completionTokens > 0 ? completionTokens / seconds : null,
    completionTokens,
  };
}
