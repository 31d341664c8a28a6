import { defaultShouldDehydrateQuery, MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { TRPCClientError } from '@trpc/client';

// The live subscription says when something changed; this is for what it cannot see.
const STALE_MS = 30_000;
const MAX_RETRIES = 2;

const HTTP_UNAUTHORIZED = 401;

function statusOf(error: unknown): number | null {
  if (!(error instanceof TRPCClientError)) return null;
  const status: unknown = error.data?.httpStatus;
  return typeof status === 'number' ? status : null;
}

function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status !== null && status < 500;
}

// The session ended while the page was open: sign in and come back to what was typed (forms keep drafts in the tab).
function goToSignIn(error: unknown): void {
  if (typeof window === 'undefined' || statusOf(error) !== HTTP_UNAUTHORIZED) return;
  const { pathname, search } = window.location;
  if (pathname !== '/login') window.location.assign(`/login?next=${encodeURIComponent(pathname + search)}`);
}

/** createQueryClient makes the cache of one page view (server) or of one browser tab. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: goToSignIn }),
    mutationCache: new MutationCache({ onError: goToSignIn }),
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
