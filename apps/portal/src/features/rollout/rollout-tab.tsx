'use client';
import { Card, Elapsed, formatPercent, Notice, StatusBadge } from '@slipway/ui';
import { CANARY_COLOR, STABLE_COLOR } from '@slipway/ui/charts';
import { useQuery } from '@tanstack/react-query';
import { Loaded } from '@/components/loaded.tsx';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { EndpointDetail } from '../serving/types.ts';
import { comparisonSentence, type Rollout } from './compare-revisions.ts';
import { ComparisonTable } from './comparison-table.tsx';
import { DecisionCard } from './decision-card.tsx';
import { RolloutHistory } from './rollout-history.tsx';
import { StartCanaryForm } from './start-canary-form.tsx';

// Requests end all the time; the comparison is what somebody decides by.
const POLL_MS = 2_000;

/** RolloutTab starts a canary, compares it with stable and decides on it. */
export function RolloutTab({ team, endpoint }: { team: string; endpoint: EndpointDetail }) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.rollout.getRollout.queryOptions(
      { team, endpoint: endpoint.name },
      { refetchInterval: ({ state }) => (state.data?.rollout === null ? false : POLL_MS) },
    ),
  );
  const mayDecide = useCan('rollout:decide', team) && endpoint.team === team;
  return (
    <Loaded query={query} label="the rollout">
      {({ rollout, history }) => (
        <div className="flex min-w-0 flex-col gap-4">
          {rollout === null ? (
            <Start team={team} endpoint={endpoint} mayDecide={mayDecide} />
          ) : (
            <Running team={team} rollout={rollout} mayDecide={mayDecide} />
          )}
          <RolloutHistory history={history} />
        </div>
      )}
    </Loaded>
  );
}

function Start({ team, endpoint, mayDecide }: { team: string; endpoint: EndpointDetail; mayDecide: boolean }) {
  return (
    <Card
      title="Start canary"
      description="A new version runs beside the stable one and gets a share of the traffic; then you promote it or roll it back."
    >
      {mayDecide ? (
        <StartCanaryForm team={team} endpoint={endpoint} />
      ) : (
        <p className="text-[13px] text-ink-muted">
          No canary is running. A member of team {endpoint.team} can start one.
        </p>
      )}
    </Card>
  );
}

function Running({ team, rollout, mayDecide }: { team: string; rollout: Rollout; mayDecide: boolean }) {
  const { stable, canary } = rollout;
  const sentence = comparisonSentence(stable.stats, canary.stats);
  return (
    <div className="grid min-w-0 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <Card
        title="Stable and canary"
        description={
          <>
            For <Elapsed from={rollout.startedAt} to={rollout.endedAt} />, started by {rollout.startedBy}.
          </>
        }
        actions={<StatusBadge status={rollout.status} />}
      >
        <div className="flex min-w-0 flex-col gap-4">
          <div className="grid gap-3 sm:grid-cols-2">
            <Side name="Stable" color={STABLE_COLOR} revision={stable} />
            <Side name="Canary" color={CANARY_COLOR} revision={canary} />
          </div>
          <Split stable={stable.weightPercent} canary={canary.weightPercent} />
          {rollout.reason === '' ? null : <p className="text-[13px] text-ink-muted">{rollout.reason}</p>}
          <Notice tone={sentence.tone}>{sentence.text}</Notice>
          <ComparisonTable stable={stable.stats} canary={canary.stats} />
        </div>
      </Card>
      {mayDecide ? <DecisionCard team={team} rollout={rollout} /> : null}
    </div>
  );
}

function Side({ name, color, revision }: { name: string; color: string; revision: Rollout['stable'] }) {
  return (
    <div className="min-w-0 rounded-md border border-line px-3 py-2.5">
      <p className="flex items-center gap-2 text-[12.5px] text-ink-muted">
        <span aria-hidden className="size-2.5 rounded-[3px]" style={{ background: color }} />
        {name}, revision {revision.number}
      </p>
      <p className="break-all font-medium text-[13.5px]">{revision.versionLabel}</p>
      <p className="numeric text-[12.5px] text-ink-muted">
        {revision.weightPercent} % of traffic · {revision.readyReplicas} of {revision.desiredReplicas} replicas ready
      </p>
    </div>
  );
}

function Split({ stable, canary }: { stable: number; canary: number }) {
  return (
    <div
      role="img"
      aria-label={`${formatPercent(stable / 100, 0)} of traffic to stable, ${formatPercent(canary / 100, 0)} to canary`}
      className="flex h-2.5 w-full gap-px overflow-hidden rounded-full bg-line"
    >
      <span className="transition-[width]" style={{ width: `${stable}%`, background: STABLE_COLOR }} />
      <span className="transition-[width]" style={{ width: `${canary}%`, background: CANARY_COLOR }} />
    </div>
  );
}
