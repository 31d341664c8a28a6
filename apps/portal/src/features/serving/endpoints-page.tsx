'use client';
import {
  Badge,
  Button,
  Card,
  type Column,
  DataTable,
  DropdownMenu,
  EmptyState,
  FilterChips,
  formatPrice,
  IconButton,
  Link,
  PageHeader,
  RelativeTime,
  SearchInput,
  StatusBadge,
  Toolbar,
} from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Ellipsis, MessageSquare, Plus, Rocket } from 'lucide-react';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { Loaded } from '@/components/loaded.tsx';
import { resyncMs } from '@/components/resync.ts';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { ENDPOINT_STATUSES, filterEndpoints, statusOptions } from './filter-endpoints.ts';
import { TrafficSplit } from './traffic-split.tsx';
import type { Endpoint } from './types.ts';

const PARSERS = { search: parseAsString.withDefault(''), status: parseAsStringLiteral(ENDPOINT_STATUSES) };

/** EndpointsPage lists the team's endpoints and those shared with everybody. */
export function EndpointsPage({ team }: { team: string }) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.serving.listEndpoints.queryOptions(
      { team },
      { refetchInterval: ({ state }) => resyncMs(state.data?.items.map((endpoint) => endpoint.status) ?? []) },
    ),
  );
  const mayDeploy = useCan('endpoint:deploy', team);
  const deploy = mayDeploy ? (
    <Button asChild variant="primary">
      <Link href={`/teams/${team}/endpoints/new`}>
        <Plus aria-hidden />
        New endpoint
      </Link>
    </Button>
  ) : undefined;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <PageHeader
        title="Endpoints"
        description="Model versions that answer requests behind the gateway."
        actions={deploy}
      />
      <Loaded query={query} label="endpoints">
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <EmptyState
                icon={Rocket}
                title="No endpoints yet"
                description="Deploy a model version: it is started in the team's slots and answers with the OpenAI API."
                action={deploy}
              />
            </Card>
          ) : (
            <EndpointList team={team} endpoints={items} />
          )
        }
      </Loaded>
    </div>
  );
}

function EndpointList({ team, endpoints }: { team: string; endpoints: readonly Endpoint[] }) {
  const [filters, setFilters] = useQueryStates(PARSERS);
  return (
    <>
      <Toolbar>
        <SearchInput
          label="Search endpoints"
          value={filters.search}
          onChange={(search) => void setFilters({ search: search === '' ? null : search })}
        />
        <FilterChips
          label="Status"
          options={statusOptions(endpoints, filters.status)}
          value={filters.status}
          onChange={(status) => void setFilters({ status })}
        />
      </Toolbar>
      <Card isFlush>
        <DataTable
          label="Endpoints"
          columns={columnsFor(team)}
          rows={filterEndpoints(endpoints, filters)}
          getRowId={(endpoint) => endpoint.id}
          empty={
            <EmptyState
              title="No endpoint matches"
              description="Search for something else, or show all."
              action={<Button onClick={() => void setFilters(null)}>Show all endpoints</Button>}
            />
          }
        />
      </Card>
    </>
  );
}

function columnsFor(team: string): Column<Endpoint>[] {
  return [
    {
      id: 'name',
      header: 'Endpoint',
      isRowHeader: true,
      cell: (endpoint) => (
        <span className="flex min-w-0 flex-wrap items-center gap-2">
          <Link href={`/teams/${team}/endpoints/${endpoint.name}`} className="break-all font-medium hover:underline">
            {endpoint.team === team ? endpoint.name : `${endpoint.team}/${endpoint.name}`}
          </Link>
          {endpoint.visibility === 'organisation' ? <Badge>shared</Badge> : null}
        </span>
      ),
    },
    {
      id: 'status',
      header: 'Status',
      cell: (endpoint) => (
        <span title={endpoint.condition?.message}>
          <StatusBadge status={endpoint.status} />
        </span>
      ),
    },
    {
      id: 'version',
      header: 'Version',
      cell: ({ stable, canary }) => (
        <span className="break-all">
          {stable?.versionLabel ?? '–'}
          {canary === null ? null : (
            <span className="block text-[12.5px] text-ink-muted">canary {canary.versionLabel}</span>
          )}
        </span>
      ),
    },
    {
      id: 'replicas',
      header: 'Replicas ready',
      align: 'right',
      cell: (endpoint) => `${endpoint.readyReplicas} of ${endpoint.desiredReplicas}`,
    },
    { id: 'traffic', header: 'Traffic', cell: (endpoint) => <TrafficSplit endpoint={endpoint} /> },
    { id: 'price', header: 'Price', align: 'right', cell: (endpoint) => formatPrice(endpoint.costMicrosPerHour, 'h') },
    { id: 'by', header: 'By', cell: (endpoint) => endpoint.createdBy },
    { id: 'age', header: 'Age', cell: (endpoint) => <RelativeTime at={endpoint.createdAt} /> },
    {
      id: 'actions',
      header: 'Actions',
      isAction: true,
      align: 'right',
      cell: (endpoint) => <RowMenu team={team} endpoint={endpoint} />,
    },
  ];
}

function RowMenu({ team, endpoint }: { team: string; endpoint: Endpoint }) {
  const href = `/teams/${team}/endpoints/${endpoint.name}`;
  const talk = {
    id: 'talk',
    label: 'Open in playground',
    icon: MessageSquare,
    href: `/teams/${team}/playground?endpoint=${endpoint.team}/${endpoint.name}`,
  };
  return (
    <DropdownMenu
      items={[
        { id: 'open', label: 'Open endpoint', href },
        ...(endpoint.stable?.task === 'embedding' ? [] : [talk]),
        { id: 'logs', label: 'Show logs', href: `${href}?tab=logs` },
        { id: 'metrics', label: 'Show metrics', href: `${href}?tab=metrics` },
      ]}
      trigger={
        <IconButton size="sm" label={`Actions for ${endpoint.name}`}>
          <Ellipsis aria-hidden />
        </IconButton>
      }
    />
  );
}
