'use client';
import type { AppRouter } from '@slipway/api';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { type ReactNode, useState } from 'react';
import { createQueryClient } from './query-client.ts';

/** useTRPC makes query and mutation options: `useQuery(useTRPC().quota.getTeamQuota.queryOptions({ team }))`. */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

// Longer addresses are refused by some proxies; a batch that needs more is split.
const MAX_URL_LENGTH = 8_000;
const URL_PATH = '/api/trpc';
let browserClient: QueryClient | undefined;

function getQueryClient(): QueryClient {
  if (typeof window === 'undefined') return createQueryClient();
  // One cache a tab, also when React throws away a suspended first render.
  browserClient ??= createQueryClient();
  return browserClient;
}

function createClient() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({ url: URL_PATH }),
        false: httpBatchLink({ url: URL_PATH, maxURLLength: MAX_URL_LENGTH }),
      }),
    ],
  });
}

/** ApiProvider gives the page its cache and its connection to the API. */
export function ApiProvider({ children }: { children: ReactNode }) {
  const queryClient = getQueryClient();
  const [client] = useState(createClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
