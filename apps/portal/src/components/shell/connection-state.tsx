'use client';
import { formatRelative, Spinner, Tooltip, useNow } from '@slipway/ui';
import { useConnection } from '@/trpc/live.tsx';

// The first connection takes a moment: saying so at once would only flicker.
const GRACE_MS = 4_000;

/** ConnectionState says that the page is live, or since when it is not. */
export function ConnectionState() {
  const { state, lastUpdateAt } = useConnection();
  const now = useNow();
  const isAway = state === 'lost' || (state === 'connecting' && now - lastUpdateAt > GRACE_MS);
  if (!isAway) {
    return (
      <Tooltip label="Changes show by themselves">
        <span className="hidden items-center gap-1.5 text-[12.5px] text-ink-muted sm:inline-flex">
          <span aria-hidden className="size-1.5 rounded-full bg-success" />
          Live
        </span>
      </Tooltip>
    );
  }
  return (
    <span
      role="status"
      className="inline-flex items-center gap-1.5 rounded-md bg-warning-soft px-2 py-1 text-[12.5px] text-warning"
    >
      <Spinner className="size-3.5" />
      <span>
        Reconnecting<span className="max-sm:sr-only">, last update {formatRelative(lastUpdateAt, now)}</span>
      </span>
    </span>
  );
}
