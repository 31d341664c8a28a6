'use client';
import { Card, CopyButton, DataTable, EmptyState, PageHeader, RelativeTime, SearchInput, Toolbar } from '@slipway/ui';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { LoadMore } from '@/components/load-more.tsx';
import { Loaded } from '@/components/loaded.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { nextCursor } from '@/trpc/next-cursor.ts';

const SHOWN_HASH = 12;

/** AuditPage reads the audit trail, newest first. */
export function AuditPage() {
  const trpc = useTRPC();
  const [search, setSearch] = useQueryState('q', parseAsString.withDefault(''));
  const query = useInfiniteQuery(
    trpc.access.listAudit.infiniteQueryOptions(
      { search: search === '' ? undefined : search },
      { ...nextCursor, placeholderData: keepPreviousData },
    ),
  );
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        crumbs={[{ label: 'Platform' }, { label: 'Audit' }]}
        title="Audit"
        description="Who changed what, append-only; each entry's hash covers the one before it."
      />
      <Toolbar>
        <SearchInput label="Search the audit trail" value={search} onChange={(value) => void setSearch(value)} />
      </Toolbar>
      <Card isFlush>
        <Loaded query={query} label="the audit trail">
          {({ pages }) => (
            <DataTable
              label="Audit trail"
              rows={pages.flatMap((page) => page.items)}
              getRowId={(entry) => String(entry.sequence)}
              empty={
                <EmptyState
                  icon={ScrollText}
                  title={search === '' ? 'Nothing was changed yet' : 'No entry matches'}
                  description="Every change of team, quota, model, run, endpoint, rollout and price stands here."
                />
              }
              columns={[
                {
                  id: 'sequence',
                  header: 'No.',
                  align: 'right',
                  className: 'w-16 text-ink-muted',
                  cell: (entry) => entry.sequence,
                },
                { id: 'at', header: 'When', cell: (entry) => <RelativeTime at={entry.at} /> },
                { id: 'actor', header: 'Who', cell: (entry) => entry.actor },
                {
                  id: 'action',
                  header: 'Action',
                  isRowHeader: true,
                  cell: (entry) => <code className="font-mono text-[12.5px]">{entry.action}</code>,
                },
                { id: 'target', header: 'What', cell: (entry) => `${entry.targetKind} ${entry.targetName}` },
                { id: 'team', header: 'Team', cell: (entry) => entry.team ?? '–' },
                {
                  id: 'detail',
                  header: 'Detail',
                  className: 'max-w-72',
                  cell: (entry) => <Detail detail={entry.detail} />,
                },
                {
                  id: 'hash',
                  header: 'Hash',
                  className: 'w-40',
                  cell: (entry) => <Hash hash={entry.hash} label={`Copy hash of entry ${entry.sequence}`} />,
                },
              ]}
            />
          )}
        </Loaded>
        <LoadMore query={query} />
      </Card>
    </div>
  );
}

function Hash({ hash, label }: { hash: string; label: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      <code className="font-mono text-[12.5px]" title={hash}>
        {hash.slice(0, SHOWN_HASH)}
      </code>
      <CopyButton text={hash} label={label} />
    </span>
  );
}

function Detail({ detail }: { detail: Record<string, unknown> }) {
  const text = Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' · ');
  return (
    <span className="line-clamp-2 break-words text-[12.5px] text-ink-muted" title={text}>
      {text}
    </span>
  );
}
