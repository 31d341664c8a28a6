'use client';
import { Button, Card, DataTable, EmptyState, FilterChips, RelativeTime, StatusBadge, toast } from '@slipway/ui';
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { ClipboardList } from 'lucide-react';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { LoadMore } from '@/components/load-more.tsx';
import { Loaded } from '@/components/loaded.tsx';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { nextCursor } from '@/trpc/next-cursor.ts';
import { decisionText, durationText, REQUEST_FILTERS, REQUEST_STATUS_VALUES } from './request-status.ts';

/** TeamRequests lists a team's quota requests; a pending one can be withdrawn. */
export function TeamRequests({ team }: { team: string }) {
  const trpc = useTRPC();
  const [status, setStatus] = useQueryState('status', parseAsStringLiteral(REQUEST_STATUS_VALUES));
  const query = useInfiniteQuery(
    trpc.quota.listTeamQuotaRequests.infiniteQueryOptions(
      { team, status: status ?? undefined },
      { ...nextCursor, placeholderData: keepPreviousData },
    ),
  );
  return (
    <Card
      isFlush
      title="Requests"
      actions={
        <FilterChips
          label="Filter requests by status"
          options={REQUEST_FILTERS}
          value={status}
          onChange={(value) => void setStatus(value)}
        />
      }
    >
      <Loaded query={query} label="requests">
        {({ pages }) => (
          <DataTable
            label="Quota requests"
            rows={pages.flatMap((page) => page.items)}
            getRowId={(request) => request.id}
            empty={
              <EmptyState
                icon={ClipboardList}
                title={status === null ? 'No requests yet' : 'No request has this status'}
                description="Requests of this team and what was decided stand here."
              />
            }
            columns={[
              {
                id: 'what',
                header: 'Request',
                isRowHeader: true,
                cell: (request) => `${request.slots} × ${request.flavor} for ${durationText(request.durationHours)}`,
              },
              {
                id: 'purpose',
                header: 'Purpose',
                className: 'max-w-80',
                cell: (request) => <span className="line-clamp-2">{request.purpose}</span>,
              },
              { id: 'status', header: 'Status', cell: (request) => <StatusBadge status={request.status} /> },
              {
                id: 'decision',
                header: 'Decision',
                className: 'max-w-72 text-ink-muted',
                cell: (request) => decisionText(request),
              },
              { id: 'by', header: 'By', cell: (request) => request.requestedBy },
              { id: 'age', header: 'Asked', cell: (request) => <RelativeTime at={request.requestedAt} /> },
              {
                id: 'menu',
                header: 'Actions',
                isAction: true,
                align: 'right',
                cell: (request) =>
                  request.status === 'pending' ? <Withdraw team={team} requestId={request.id} /> : null,
              },
            ]}
          />
        )}
      </Loaded>
      <LoadMore query={query} />
    </Card>
  );
}

function Withdraw({ team, requestId }: { team: string; requestId: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canRequest = useCan('quota:request', team);
  const withdraw = useMutation(
    trpc.quota.cancelQuotaRequest.mutationOptions({
      onSuccess: () => {
        toast('Request withdrawn');
        return queryClient.invalidateQueries(trpc.quota.pathFilter());
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  if (!canRequest) return null;
  return (
    <Button size="sm" isPending={withdraw.isPending} onClick={() => withdraw.mutate({ team, requestId })}>
      Withdraw request
    </Button>
  );
}
