'use client';
import { Button, Card, cn, Link, useNow } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { Loaded } from '@/components/loaded.tsx';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { type AttentionItem, findAttention } from './attention.ts';
import { HOME_RUNS } from './limits.ts';

/** NeedsMe lists what is broken or waits for the person who looks. */
export function NeedsMe({ team }: { team: string }) {
  const trpc = useTRPC();
  const now = useNow();
  const isDecider = useCan('quota:decide');
  const endpoints = useQuery(trpc.serving.listEndpoints.queryOptions({ team }));
  const runs = useQuery(trpc.training.listRuns.queryOptions({ team, limit: HOME_RUNS }));
  const quota = useQuery(trpc.quota.getTeamQuota.queryOptions({ team }));
  const requests = useQuery({
    ...trpc.quota.listQuotaRequests.queryOptions({ status: 'pending', limit: 1 }),
    enabled: isDecider,
  });
  return (
    <Card isFlush title="Needs you">
      <Loaded query={endpoints} label="endpoints">
        {({ items }) => (
          <AttentionList
            items={findAttention({
              team,
              now,
              pendingRequests: requests.data?.pendingCount ?? 0,
              endpoints: items,
              runs: runs.data?.items ?? [],
              quota: quota.data?.items ?? [],
            })}
          />
        )}
      </Loaded>
    </Card>
  );
}

const LOOKS = {
  danger: { icon: CircleAlert, ink: 'text-danger' },
  warning: { icon: TriangleAlert, ink: 'text-warning' },
  info: { icon: Info, ink: 'text-info' },
};

function AttentionList({ items }: { items: AttentionItem[] }) {
  if (items.length === 0) {
    return (
      <p className="flex items-center gap-2 p-4 text-[13px] text-ink-muted">
        <CircleCheck aria-hidden className="size-4 text-success" />
        Nothing is broken and nothing waits for you.
      </p>
    );
  }
  return (
    <ul className="divide-y divide-line">
      {items.map((item) => {
        const look = LOOKS[item.tone];
        return (
          <li key={item.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
            <look.icon aria-hidden className={cn('size-4 shrink-0', look.ink)} />
            <div className="min-w-0 flex-1 basis-56">
              <p className="font-medium text-ink">{item.title}</p>
              <p className="break-words text-[13px] text-ink-muted">{item.reason}</p>
            </div>
            <Button asChild size="sm">
              <Link href={item.href}>{item.action}</Link>
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
