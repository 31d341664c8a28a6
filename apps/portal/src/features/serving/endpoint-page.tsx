'use client';
import {
  Button,
  Elapsed,
  formatCount,
  formatMilliseconds,
  formatPercent,
  formatPrice,
  Link,
  Notice,
  PageHeader,
  SkeletonRows,
  Stat,
  StatGrid,
  StatusBadge,
  Tabs,
} from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { MessageSquare, Play } from 'lucide-react';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { lazy, type ReactNode, Suspense } from 'react';
import { slotsText } from '@/components/flavor-options.ts';
import { Loaded } from '@/components/loaded.tsx';
import { resyncMs } from '@/components/resync.ts';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { ActivityTab } from './activity-tab.tsx';
import { EndpointLogTab } from './endpoint-log-tab.tsx';
import { MetricsTab } from './metrics-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { SettingsTab } from './settings-tab.tsx';
import { trafficTotals } from './traffic-series.ts';
import type { EndpointDetail } from './types.ts';
import { useScale } from './use-scale.ts';

// Deciding on a canary brings forms that the other views do without.
const RolloutTab = lazy(async () => ({ default: (await import('../rollout/rollout-tab.tsx')).RolloutTab }));
const TABS = ['overview', 'rollout', 'metrics', 'logs', 'activity', 'settings'] as const;
const TAB_LABELS: Record<(typeof TABS)[number], string> = {
  overview: 'Overview',
  rollout: 'Rollout',
  metrics: 'Metrics',
  logs: 'Logs',
  activity: 'Activity',
  settings: 'Settings',
};
// Requests are counted as they end; the page looks again while somebody looks at it.
const STATS_POLL_MS = 5_000;

/** EndpointPage is one endpoint: how it is, what it answers, and what can be done with it. */
export function EndpointPage({ team, endpoint: name }: { team: string; endpoint: string }) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.serving.getEndpoint.queryOptions(
      { team, endpoint: name },
      { refetchInterval: ({ state }) => resyncMs([state.data?.status]) },
    ),
  );
  const [tab] = useQueryState('tab', parseAsStringLiteral(TABS).withDefault('overview'));
  return (
    <Loaded query={query} label="the endpoint">
      {(endpoint) => (
        <div className="flex min-w-0 flex-col gap-4">
          <Header team={team} endpoint={endpoint} isDeciding={tab === 'rollout'} />
          <Reason endpoint={endpoint} />
          <Numbers team={team} endpoint={endpoint} />
          <Tabs
            label="Endpoint views"
            active={tab}
            tabs={TABS.map((id) => ({
              id,
              label: TAB_LABELS[id],
              href: `/teams/${team}/endpoints/${name}${id === 'overview' ? '' : `?tab=${id}`}`,
            }))}
          />
          {viewOf(tab, { team, endpoint })}
        </div>
      )}
    </Loaded>
  );
}

function viewOf(tab: (typeof TABS)[number], props: { team: string; endpoint: EndpointDetail }): ReactNode {
  switch (tab) {
    case 'overview':
      return <OverviewTab {...props} />;
    case 'rollout':
      return (
        <Suspense fallback={<SkeletonRows label="Reading the rollout" />}>
          <RolloutTab {...props} />
        </Suspense>
      );
    case 'metrics':
      return <MetricsTab {...props} />;
    case 'logs':
      return <EndpointLogTab {...props} />;
    case 'activity':
      return <ActivityTab {...props} />;
    case 'settings':
      return <SettingsTab {...props} />;
  }
}

interface HeaderProps {
  team: string;
  endpoint: EndpointDetail;
  /** isDeciding: the tab below holds the next action, so the header's is not the filled one. */
  isDeciding: boolean;
}

function Header({ team, endpoint, isDeciding }: HeaderProps) {
  const mayDeploy = useCan('endpoint:deploy', team) && endpoint.team === team;
  const scale = useScale(team, endpoint.name);
  const { stable, canary } = endpoint;
  const talk = (
    <Button asChild variant={endpoint.desiredReplicas === 0 || isDeciding ? 'secondary' : 'primary'}>
      <Link href={`/teams/${team}/playground?endpoint=${endpoint.team}/${endpoint.name}`}>
        <MessageSquare aria-hidden />
        Open in playground
      </Link>
    </Button>
  );
  return (
    <PageHeader
      crumbs={[{ label: 'Endpoints', href: `/teams/${team}/endpoints` }, { label: endpoint.name }]}
      title={endpoint.name}
      status={<StatusBadge status={endpoint.status} />}
      description={
        <>
          {stable === null ? 'No version' : stable.versionLabel}
          {canary === null ? '' : `, canary ${canary.versionLabel} at ${canary.weightPercent} %`}
        </>
      }
      actions={
        <>
          {stable?.task === 'embedding' ? null : talk}
          {mayDeploy && endpoint.desiredReplicas === 0 ? (
            <Button
              variant="primary"
              isPending={scale.isPending}
              onClick={() => scale.mutate({ team, endpoint: endpoint.name, replicas: 1 })}
            >
              <Play aria-hidden />
              Start 1 replica
            </Button>
          ) : null}
        </>
      }
    />
  );
}

const TONES: Partial<Record<EndpointDetail['status'], 'danger' | 'warning' | 'info'>> = {
  failed: 'danger',
  degraded: 'warning',
  pending: 'info',
  starting: 'info',
  scaling: 'info',
  paused: 'info',
};

function Reason({ endpoint }: { endpoint: EndpointDetail }) {
  const { condition, status } = endpoint;
  const tone = TONES[status];
  if (tone === undefined || condition === null) return null;
  return (
    <Notice tone={tone} title={titleOf(status, condition.reason)}>
      <p aria-live="polite" className="break-words">
        {condition.message}{' '}
        <span className="text-ink-muted">
          For <Elapsed from={condition.since} to={null} />.
        </span>
      </p>
    </Notice>
  );
}

/** titleOf puts a status and its reason (`ScaledToZero`) in words, once where both say the same. */
function titleOf(status: string, reason: string): string {
  const words = reason.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  const text = words.startsWith(status) ? words : `${status}: ${words}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function Numbers({ team, endpoint }: { team: string; endpoint: EndpointDetail }) {
  const trpc = useTRPC();
  const metrics = useQuery(
    trpc.serving.getEndpointMetrics.queryOptions(
      { team, endpoint: endpoint.name, rangeMinutes: 60 },
      { refetchInterval: STATS_POLL_MS },
    ),
  );
  const totals = trafficTotals(metrics.data ?? { bucketSeconds: 60, items: [] });
  const isShort = endpoint.readyReplicas < endpoint.desiredReplicas;
  return (
    <StatGrid>
      <Stat
        label="Replicas ready"
        value={`${endpoint.readyReplicas} of ${endpoint.desiredReplicas}`}
        tone={isShort ? 'warning' : 'neutral'}
        hint={slotsText(endpoint.slots, endpoint.flavor)}
      />
      <Stat
        label="Requests in 1 h"
        value={formatCount(totals.requests)}
        tone={totals.errors > 0 ? 'warning' : 'neutral'}
        hint={totals.requests === 0 ? 'none yet' : `${formatPercent(totals.errorRate)} errors`}
      />
      <Stat label="TTFT p50" value={formatMilliseconds(totals.ttftP50Ms)} hint="time to first token, latest" />
      <Stat
        label="Price"
        value={formatPrice(endpoint.costMicrosPerHour, 'h')}
        hint="for the slots, while they are held"
      />
    </StatGrid>
  );
}
