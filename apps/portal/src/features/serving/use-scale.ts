'use client';
import { toast } from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { messageOf } from '@/components/server-error.ts';
import { useTRPC } from '@/trpc/client.tsx';

/** useScale sets an endpoint's number of replicas and says what came of it. */
export function useScale(team: string, name: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.serving.scaleEndpoint.mutationOptions({
      onSuccess: (endpoint) => {
        toast(
          endpoint.desiredReplicas === 0
            ? `${name} is being paused`
            : `${name} is scaled to ${endpoint.desiredReplicas}`,
        );
        void queryClient.invalidateQueries(trpc.serving.pathFilter());
        void queryClient.invalidateQueries(trpc.quota.getTeamQuota.queryFilter({ team }));
      },
      onError: (error) => toast.error(messageOf(error)),
    }),
  );
}
