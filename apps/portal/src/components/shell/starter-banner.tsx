'use client';
import { formatBytes, Link, Notice, Progress, Spinner } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';

const WAITING = new Set(['pending', 'starting', 'running']);

/** StarterBanner shows how far the first model is; it goes away when there is nothing to wait for. */
export function StarterBanner() {
  const trpc = useTRPC();
  const query = useQuery(trpc.registry.getStarter.queryOptions({}));
  const items = query.data?.items ?? [];
  const waiting = items.filter((item) => WAITING.has(item.status));
  const failed = items.filter((item) => item.status === 'failed');
  if (waiting.length === 0 && (failed.length === 0 || items.some((item) => item.endpointName !== null))) return null;
  return (
    <div className="flex flex-col gap-2 border-line border-b bg-surface px-4 py-2.5 sm:px-6">
      {waiting.map((item) => (
        <div key={item.name} className="flex flex-wrap items-center gap-x-4 gap-y-1 text-[13px]">
          <span className="inline-flex items-center gap-2 font-medium text-ink">
            <Spinner className="size-3.5 text-ink-muted" />
            Starter model {item.name}
          </span>
          <span className="min-w-0 text-ink-muted">{item.message}</span>
          {item.totalBytes === null || item.totalBytes === 0 ? null : (
            <span className="flex min-w-40 flex-1 items-center gap-3 text-ink-muted">
              <Progress
                label={`Fetching ${item.name}`}
                value={item.transferredBytes / item.totalBytes}
                className="max-w-64"
              />
              <span className="numeric whitespace-nowrap text-[12.5px]">
                {formatBytes(item.transferredBytes)} of {formatBytes(item.totalBytes)}
              </span>
            </span>
          )}
        </div>
      ))}
      {failed.map((item) => (
        <Notice key={item.name} tone="warning" title={`Starter model ${item.name} is not there`}>
          {item.message}{' '}
          <Link href="/teams/platform/models" className="text-accent-text underline underline-offset-2">
            Register a model from a file
          </Link>
        </Notice>
      ))}
    </div>
  );
}
