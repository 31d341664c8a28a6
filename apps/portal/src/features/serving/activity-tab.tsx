'use client';
import { Card, EmptyState, RelativeTime } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { Loaded } from '@/components/loaded.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import type { EndpointDetail } from './types.ts';

/** ActivityTab says who or what changed an endpoint, newest first. */
export function ActivityTab({ team, endpoint }: { team: string; endpoint: EndpointDetail }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.serving.listEndpointEvents.queryOptions({ team, endpoint: endpoint.name, limit: 200 }));
  return (
    <Card title="Activity" isFlush>
      <Loaded query={query} label="activity">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon={History}
              title="Nothing happened yet"
              description="Deployments, changes of scale, restarts and rollouts appear here."
            />
          ) : (
            <ol aria-label="Events" className="divide-y divide-line">
              {items.map((event, index) => (
                <li
                  key={`${event.at}-${index}`}
                  className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-4 py-2.5 text-[13px]"
                >
                  <span className="w-24 shrink-0 text-[12.5px] text-ink-muted">
                    <RelativeTime at={event.at} />
                  </span>
                  <span className="min-w-0 flex-1 basis-64">
                    <span className="break-words text-ink">{event.message}</span>
                    <span className="block font-mono text-[11.5px] text-ink-subtle">{event.action}</span>
                  </span>
                  <span className="text-ink-muted">{event.actor}</span>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </Card>
  );
}
