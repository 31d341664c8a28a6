'use client';
import {
  Button,
  Card,
  Elapsed,
  formatMoney,
  formatNumber,
  formatPercent,
  Link,
  Notice,
  PageHeader,
  Progress,
  RelativeTime,
  Stat,
  StatGrid,
  StatusBadge,
} from '@slipway/ui';
import { LineChart } from '@slipway/ui/charts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Ban, PackageCheck } from 'lucide-react';
import { useState } from 'react';
import { slotsText } from '@/components/flavor-options.ts';
import { Loaded } from '@/components/loaded.tsx';
import { LogTail } from '@/components/log-tail.tsx';
import { LOG_PAGE } from '@/components/use-log-tail.ts';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { versionHref } from '../registry/version-href.ts';
import { CancelRunDialog } from './cancel-run-dialog.tsx';
import { lossCurve, type ValidationChange, validationChange } from './loss-curve.ts';
import { RunFacts, RunSteps } from './run-facts.tsx';
import { isOver, type RunDetail } from './types.ts';

// Points come every second or so; a change of the run itself comes at once by the live connection.
const POLL_MS = 2_000;

/** RunPage follows one run: what it does, what it learns, what it says, what came out. */
export function RunPage({ team, runId }: { team: string; runId: string }) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.training.getRun.queryOptions(
      { team, runId },
      { refetchInterval: ({ state }) => (state.data !== undefined && isOver(state.data) ? false : POLL_MS) },
    ),
  );
  return (
    <Loaded query={query} label="the run">
      {(run) => (
        <div className="flex min-w-0 flex-col gap-4">
          <Header team={team} run={run} />
          <Reason run={run} />
          <Numbers run={run} />
          <div className="grid min-w-0 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
            <LossCard team={team} run={run} />
            <RunSteps run={run} />
          </div>
          <RunLog team={team} run={run} />
          <RunFacts team={team} run={run} />
        </div>
      )}
    </Loaded>
  );
}

function Header({ team, run }: { team: string; run: RunDetail }) {
  const mayCancel = useCan('run:launch', team);
  const mayDeploy = useCan('endpoint:deploy', team);
  const [isCancelling, setCancelling] = useState(false);
  const { outputVersionId, outputLabel } = run;
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Training', href: `/teams/${team}/training` }, { label: run.name }]}
        title={run.name}
        status={<StatusBadge status={run.status} />}
        description={
          <>
            {run.baseLabel} on {run.datasetName}, launched <RelativeTime at={run.createdAt} /> by {run.createdBy}
          </>
        }
        actions={
          <>
            {mayCancel && !isOver(run) ? (
              <Button variant="danger" onClick={() => setCancelling(true)}>
                <Ban aria-hidden />
                Cancel run
              </Button>
            ) : null}
            {outputVersionId !== null && outputLabel !== null ? (
              <>
                <Button asChild>
                  <Link href={versionHref(team, outputLabel, outputVersionId)}>
                    <PackageCheck aria-hidden />
                    Open {outputLabel}
                  </Link>
                </Button>
                {mayDeploy ? (
                  <Button asChild variant="primary">
                    <Link href={`/teams/${team}/endpoints/new?version=${outputVersionId}`}>Deploy the new version</Link>
                  </Button>
                ) : null}
              </>
            ) : null}
          </>
        }
      />
      <CancelRunDialog team={team} run={run} isOpen={isCancelling} onOpenChange={setCancelling} />
    </>
  );
}

function Reason({ run }: { run: RunDetail }) {
  const { condition, status } = run;
  if (isOver(run)) {
    if (status === 'cancelled')
      return <Notice title="Cancelled">{condition?.message ?? 'The run was cancelled.'}</Notice>;
    if (status !== 'failed') return null;
    return (
      <Notice tone="danger" title={`The run failed${condition === null ? '' : ` (${condition.reason})`}`}>
        {condition?.message ?? 'No reason was recorded; the log may say more.'}
      </Notice>
    );
  }
  return (
    <Card>
      <div className="flex flex-col gap-2">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-[13px]">
          <p className="text-ink">
            {condition?.message ?? 'Waiting for the worker to start it.'}{' '}
            {condition === null ? null : (
              <span className="text-ink-muted">
                for <Elapsed from={condition.since} to={null} />
              </span>
            )}
          </p>
          <span className="numeric font-medium">{formatPercent(run.progress, 0)}</span>
        </div>
        <Progress value={run.progress} label="Progress of the run" />
      </div>
    </Card>
  );
}

const TONE = { better: 'success', worse: 'warning', same: 'neutral', unknown: 'neutral' } as const;

function Numbers({ run }: { run: RunDetail }) {
  const learnt = validationChange(run.initialValidationLoss, run.validationLoss);
  return (
    <StatGrid>
      <Stat
        label="Validation loss"
        value={formatNumber(learnt.after ?? learnt.before, 3)}
        tone={TONE[learnt.verdict]}
        hint={learntWords(learnt, isOver(run))}
      />
      <Stat label="Training loss" value={formatNumber(run.trainLoss, 3)} hint="of the latest steps" />
      <Stat
        label="Speed"
        value={run.tokensPerSecond === null ? '–' : `${formatNumber(run.tokensPerSecond, 0)} tokens/s`}
        hint={run.startedAt === null ? 'not started yet' : <Elapsed from={run.startedAt} to={run.endedAt} />}
      />
      <Stat label="Cost" value={formatMoney(run.costMicros)} hint={slotsText(run.slots, run.flavor)} />
    </StatGrid>
  );
}

function learntWords({ before, change }: ValidationChange, hasEnded: boolean): string {
  if (before === null) return hasEnded ? 'not measured' : 'measured before training and after each epoch';
  if (change === null) return hasEnded ? 'before training' : 'before training; next after the epoch';
  return `from ${formatNumber(before, 3)}, ${change > 0 ? '+' : ''}${formatPercent(change)}`;
}

function LossCard({ team, run }: { team: string; run: RunDetail }) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.training.getRunMetrics.queryOptions(
      { team, runId: run.id },
      { refetchInterval: isOver(run) ? false : POLL_MS },
    ),
  );
  return (
    <Card title="Loss" description="Lower is better; validation is on text that the run does not learn from.">
      <Loaded query={query} label="the loss curve">
        {({ items }) => (
          <LineChart
            {...lossCurve(items)}
            label="Loss over iterations"
            unit="loss"
            axis="number"
            xLabel="Iteration"
            height={280}
            emptyText={
              isOver(run) ? 'The run ended before anything was measured.' : 'The curve begins with the first step.'
            }
          />
        )}
      </Loaded>
    </Card>
  );
}

function RunLog({ team, run }: { team: string; run: RunDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return (
    <LogTail
      label="Log"
      logKey={['run', run.id]}
      endedAt={run.endedAt}
      emptyText="The process has not written anything yet."
      read={(after) =>
        queryClient.fetchQuery(
          trpc.training.getRunLogs.queryOptions(
            { team, runId: run.id, after, limit: LOG_PAGE },
            { staleTime: 0, gcTime: 0 },
          ),
        )
      }
    />
  );
}
