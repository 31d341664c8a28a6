import { defaultShouldDehydrateQuery, QueryClient } from '@tanstack/react-query';
import { TRPCClientError } from '@trpc/client';

// The live subscription says when something changed; this is for what it cannot see.
const STALE_MS = 30_000;
const MAX_RETRIES = 2;

function isRefusal(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return false;
  const status: unknown = error.data?.httpStatus;
  return typeof status === 'number' && status < 500;
}

/** createQueryClient makes the cache of one page view (server) or of one browser tab. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        // A refusal stays a refusal; only what may pass is tried again.
        retry: (count, error) => !isRefusal(error) && count < MAX_RETRIES,
      },
      dehydrate: { shouldDehydrateQuery: defaultShouldDehydrateQuery },
    },
  });
}
