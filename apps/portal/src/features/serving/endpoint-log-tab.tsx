'use client';
import { useQueryClient } from '@tanstack/react-query';
import { LogTail } from '@/components/log-tail.tsx';
import { LOG_PAGE } from '@/components/use-log-tail.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { EndpointDetail } from './types.ts';

/** EndpointLogTab follows what all replicas of an endpoint write. */
export function EndpointLogTab({ team, endpoint }: { team: string; endpoint: EndpointDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return (
    <LogTail
      label="Log"
      logKey={['endpoint', endpoint.id]}
      endedAt={null}
      emptyText="No replica has written anything yet."
      read={(after) =>
        queryClient.fetchQuery(
          trpc.serving.getEndpointLogs.queryOptions(
            { team, endpoint: endpoint.name, after, limit: LOG_PAGE },
            { staleTime: 0, gcTime: 0 },
          ),
        )
      }
    />
  );
}
