'use client';
import { Button, Card, DataTable, Elapsed, EmptyState, formatPrice, Link, Progress, StatusBadge } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Activity, Rocket } from 'lucide-react';
import { Loaded } from '@/components/loaded.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { HOME_RUNS } from './limits.ts';

const ACTIVE_RUN = new Set(['pending', 'starting', 'running']);

/** Running lists the endpoints and the runs under way. */
export function Running({ team }: { team: string }) {
  return (
    <div className="grid items-start gap-6 xl:grid-cols-2">
      <Endpoints team={team} />
      <Runs team={team} />
    </div>
  );
}

function Endpoints({ team }: { team: string }) {
  const trpc = useTRPC();
  const endpoints = useQuery(trpc.serving.listEndpoints.queryOptions({ team }));
  return (
    <Card isFlush title="Endpoints">
      <Loaded query={endpoints} label="endpoints">
        {({ items }) => (
          <DataTable
            label="Endpoints"
            rows={items}
            getRowId={(endpoint) => endpoint.id}
            empty={
              <EmptyState
                icon={Rocket}
                title="No endpoints yet"
                description="Deploy a model version; it answers the OpenAI API and the playground."
                action={
                  <Button asChild>
                    <Link href={`/teams/${team}/endpoints/new`}>Deploy endpoint</Link>
                  </Button>
                }
              />
            }
            columns={[
              {
                id: 'name',
                header: 'Endpoint',
                isRowHeader: true,
                cell: (endpoint) => (
                  <Link
                    href={`/teams/${endpoint.team}/endpoints/${endpoint.name}`}
                    className="text-accent-text hover:underline"
                  >
                    {endpoint.name}
                  </Link>
                ),
              },
              { id: 'status', header: 'Status', cell: (endpoint) => <StatusBadge status={endpoint.status} /> },
              {
                id: 'replicas',
                header: 'Replicas',
                align: 'right',
                cell: (endpoint) => `${endpoint.readyReplicas} of ${endpoint.desiredReplicas}`,
              },
              {
                id: 'price',
                header: 'Price',
                align: 'right',
                cell: (endpoint) => formatPrice(endpoint.costMicrosPerHour, 'h'),
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}

function Runs({ team }: { team: string }) {
  const trpc = useTRPC();
  const runs = useQuery(trpc.training.listRuns.queryOptions({ team, limit: HOME_RUNS }));
  return (
    <Card isFlush title="Training under way">
      <Loaded query={runs} label="training runs">
        {({ items }) => (
          <DataTable
            label="Training runs under way"
            rows={items.filter((run) => ACTIVE_RUN.has(run.status))}
            getRowId={(run) => run.id}
            empty={
              <EmptyState
                icon={Activity}
                title="Nothing trains now"
                description="Fine-tune a model version on your own text."
                action={
                  <Button asChild>
                    <Link href={`/teams/${team}/training/new`}>Launch training</Link>
                  </Button>
                }
              />
            }
            columns={[
              {
                id: 'name',
                header: 'Run',
                isRowHeader: true,
                cell: (run) => (
                  <Link href={`/teams/${team}/training/${run.id}`} className="text-accent-text hover:underline">
                    {run.name}
                  </Link>
                ),
              },
              { id: 'status', header: 'Status', cell: (run) => <StatusBadge status={run.status} /> },
              {
                id: 'progress',
                header: 'Progress',
                className: 'min-w-32',
                cell: (run) => <Progress value={run.progress} label={`Progress of ${run.name}`} />,
              },
              {
                id: 'age',
                header: 'For',
                align: 'right',
                cell: (run) => <Elapsed from={run.startedAt ?? run.createdAt} to={run.endedAt} />,
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}
