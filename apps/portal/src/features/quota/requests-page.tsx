'use client';
import {
  Card,
  DataTable,
  EmptyState,
  FilterChips,
  Link,
  PageHeader,
  RelativeTime,
  StatusBadge,
  Toolbar,
} from '@slipway/ui';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { ClipboardCheck } from 'lucide-react';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { LoadMore } from '@/components/load-more.tsx';
import { Loaded } from '@/components/loaded.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { nextCursor } from '@/trpc/next-cursor.ts';
import { decisionText, durationText, REQUEST_FILTERS, REQUEST_STATUS_VALUES } from './request-status.ts';

/** RequestsPage lists the quota requests of all teams for who decides. */
export function RequestsPage() {
  const trpc = useTRPC();
  const [status, setStatus] = useQueryState('status', parseAsStringLiteral(REQUEST_STATUS_VALUES));
  const query = useInfiniteQuery(
    trpc.quota.listQuotaRequests.infiniteQueryOptions(
      { status: status ?? undefined },
      { ...nextCursor, placeholderData: keepPreviousData },
    ),
  );
  const pendingCount = query.data?.pages[0]?.pendingCount;
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        crumbs={[{ label: 'Platform' }, { label: 'Requests' }]}
        title="Requests"
        description={
          pendingCount === 0 ? 'Nothing waits for a decision.' : `${pendingCount ?? '…'} wait for a decision.`
        }
      />
      <Toolbar>
        <FilterChips
          label="Filter requests by status"
          options={REQUEST_FILTERS}
          value={status}
          onChange={(value) => void setStatus(value)}
        />
      </Toolbar>
      <Card isFlush>
        <Loaded query={query} label="requests">
          {({ pages }) => (
            <DataTable
              label="Quota requests"
              rows={pages.flatMap((page) => page.items)}
              getRowId={(request) => request.id}
              empty={
                <EmptyState
                  icon={ClipboardCheck}
                  title={status === null ? 'No requests yet' : 'No request has this status'}
                  description="When a team asks for quota, its request stands here beside current use and price."
                />
              }
              columns={[
                {
                  id: 'what',
                  header: 'Request',
                  isRowHeader: true,
                  cell: (request) => (
                    <Link href={`/requests/${request.id}`} className="text-accent-text hover:underline">
                      {request.slots} × {request.flavor} for {durationText(request.durationHours)}
                    </Link>
                  ),
                },
                { id: 'team', header: 'Team', cell: (request) => request.teamName },
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
                  className: 'max-w-64 text-ink-muted',
                  cell: (request) => decisionText(request),
                },
                { id: 'by', header: 'By', cell: (request) => request.requestedBy },
                { id: 'age', header: 'Asked', cell: (request) => <RelativeTime at={request.requestedAt} /> },
              ]}
            />
          )}
        </Loaded>
        <LoadMore query={query} />
      </Card>
    </div>
  );
}
