'use client';
import type { OutputOf } from '@slipway/domain/kernel';
import type { rolloutContract } from '@slipway/domain/rollout';
import { Card, type Column, DataTable, Elapsed, EmptyState, RelativeTime, StatusBadge } from '@slipway/ui';

type PastRollout = OutputOf<typeof rolloutContract.getRollout>['history'][number];

const WORDS: Partial<Record<PastRollout['status'], string>> = {
  succeeded: 'promoted',
  cancelled: 'rolled back',
  failed: 'rolled back',
};

const COLUMNS: Column<PastRollout>[] = [
  {
    id: 'canary',
    header: 'Canary',
    isRowHeader: true,
    cell: (rollout) => <span className="break-all">{rollout.canaryLabel}</span>,
  },
  { id: 'stable', header: 'Stable then', cell: (rollout) => <span className="break-all">{rollout.stableLabel}</span> },
  {
    id: 'status',
    header: 'Outcome',
    cell: ({ status }) => {
      const word = WORDS[status];
      return <StatusBadge status={status} {...(word === undefined ? {} : { word })} />;
    },
  },
  { id: 'percent', header: 'Last share', align: 'right', cell: (rollout) => `${rollout.percent} %` },
  {
    id: 'reason',
    header: 'Reason',
    className: 'max-w-sm',
    cell: (rollout) => <span className="break-words">{rollout.reason === '' ? '–' : rollout.reason}</span>,
  },
  {
    id: 'took',
    header: 'Took',
    align: 'right',
    cell: (rollout) => <Elapsed from={rollout.startedAt} to={rollout.endedAt} />,
  },
  { id: 'by', header: 'By', cell: (rollout) => rollout.endedBy ?? rollout.startedBy },
  { id: 'age', header: 'Ended', cell: (rollout) => <RelativeTime at={rollout.endedAt} fallback="running" /> },
];

/** RolloutHistory lists the canaries of an endpoint that were decided on. */
export function RolloutHistory({ history }: { history: readonly PastRollout[] }) {
  return (
    <Card title="History" isFlush>
      <DataTable
        label="Rollout history"
        columns={COLUMNS}
        rows={history}
        getRowId={(rollout) => rollout.id}
        empty={
          <EmptyState
            title="No rollout was decided yet"
            description="Promotions and rollbacks appear here with their reason."
          />
        }
      />
    </Card>
  );
}
