'use client';
import {
  Button,
  Card,
  type Column,
  DataTable,
  Elapsed,
  EmptyState,
  ErrorState,
  FilterChips,
  formatMoney,
  formatNumber,
  Link,
  PageHeader,
  Progress,
  RelativeTime,
  SearchInput,
  SkeletonRows,
  StatusBadge,
  Toolbar,
} from '@slipway/ui';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Activity, Plus } from 'lucide-react';
import { useQueryStates } from 'nuqs';
import { errorIdOf } from '@/components/server-error.ts';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { RUN_STATUSES, runFilterParsers, runListInput } from './run-filters.ts';
import type { Run } from './types.ts';
import { isOver } from './types.ts';

const OPTIONS = RUN_STATUSES.map((value) => ({ value, label: value }));

/** TrainingPage lists the team's runs, newest first. */
export function TrainingPage({ team }: { team: string }) {
  const trpc = useTRPC();
  const [filters, setFilters] = useQueryStates(runFilterParsers);
  const query = useInfiniteQuery(
    trpc.training.listRuns.infiniteQueryOptions(runListInput(team, filters), {
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
    }),
  );
  const runs = query.data?.pages.flatMap((page) => page.items) ?? [];
  const isFiltered = filters.search !== '' || filters.status !== null;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <PageHeader
        title="Training"
        description="Runs that make a new model version from a base and a data set."
        actions={<NewRunButton team={team} />}
      />
      {runs.length > 0 || isFiltered ? (
        <Toolbar>
          <SearchInput
            label="Search runs"
            value={filters.search}
            onChange={(search) => void setFilters({ search: search === '' ? null : search })}
          />
          <FilterChips
            label="Status"
            options={OPTIONS}
            value={filters.status}
            onChange={(status) => void setFilters({ status })}
          />
        </Toolbar>
      ) : null}
      <Card isFlush>
        {query.data === undefined && query.error !== null ? (
          <ErrorState
            title="Could not read runs"
            message={query.error.message}
            errorId={errorIdOf(query.error)}
            onRetry={() => void query.refetch()}
          />
        ) : null}
        {query.isPending ? <SkeletonRows label="Reading runs" /> : null}
        {query.data === undefined ? null : (
          <RunsTable team={team} runs={runs} isFiltered={isFiltered} onShowAll={() => void setFilters(null)} />
        )}
      </Card>
      {query.hasNextPage ? (
        <Button className="self-center" isPending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show older runs
        </Button>
      ) : null}
    </div>
  );
}

function NewRunButton({ team }: { team: string }) {
  if (!useCan('run:launch', team)) return null;
  return (
    <Button asChild variant="primary">
      <Link href={`/teams/${team}/training/new`}>
        <Plus aria-hidden />
        New run
      </Link>
    </Button>
  );
}

interface RunsTableProps {
  team: string;
  runs: readonly Run[];
  isFiltered: boolean;
  onShowAll(): void;
}

function RunsTable({ team, runs, isFiltered, onShowAll }: RunsTableProps) {
  const empty = isFiltered ? (
    <EmptyState
      title="No run matches"
      description="Search for something else, or show all."
      action={<Button onClick={onShowAll}>Show all runs</Button>}
    />
  ) : (
    <EmptyState
      icon={Activity}
      title="No training runs yet"
      description="Fine-tune a small language model on your own text: choose a base version and a data set, see what it costs, and launch it."
      action={<NewRunButton team={team} />}
    />
  );
  return (
    <DataTable label="Training runs" columns={columnsFor(team)} rows={runs} getRowId={(run) => run.id} empty={empty} />
  );
}

const dash = <span className="text-ink-subtle">–</span>;

function columnsFor(team: string): Column<Run>[] {
  return [
    {
      id: 'name',
      header: 'Run',
      isRowHeader: true,
      cell: (run) => (
        <Link href={`/teams/${team}/training/${run.id}`} className="break-all font-medium hover:underline">
          {run.name}
        </Link>
      ),
    },
    { id: 'status', header: 'Status', cell: (run) => <RunStatus run={run} /> },
    { id: 'base', header: 'Base', cell: (run) => <span className="break-all">{run.baseLabel}</span> },
    { id: 'dataset', header: 'Data set', cell: (run) => <span className="break-all">{run.datasetName}</span> },
    {
      id: 'loss',
      header: 'Validation loss',
      align: 'right',
      cell: (run) =>
        run.validationLoss === null
          ? dash
          : `${run.initialValidationLoss === null ? '' : `${formatNumber(run.initialValidationLoss, 3)} → `}${formatNumber(run.validationLoss, 3)}`,
    },
    {
      id: 'duration',
      header: 'Duration',
      align: 'right',
      cell: (run) => (run.startedAt === null ? dash : <Elapsed from={run.startedAt} to={run.endedAt} />),
    },
    { id: 'cost', header: 'Cost', align: 'right', cell: (run) => formatMoney(run.costMicros) },
    { id: 'by', header: 'By', cell: (run) => run.createdBy },
    { id: 'age', header: 'Launched', cell: (run) => <RelativeTime at={run.createdAt} /> },
  ];
}

function RunStatus({ run }: { run: Run }) {
  return (
    <span className="inline-flex items-center gap-2">
      <StatusBadge status={run.status} />
      {isOver(run) ? null : <Progress value={run.progress} label={`Progress of ${run.name}`} className="w-16" />}
    </span>
  );
}
