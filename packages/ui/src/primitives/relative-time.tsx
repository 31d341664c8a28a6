'use client';
import { formatAbsolute, formatDuration, formatRelative } from '../format/time.ts';
import { useNow } from '../lib/use-now.ts';

/** RelativeTime shows an instant beside the present and the absolute time in its title; null is `never` or `fallback`. */
export function RelativeTime({ at, fallback = 'never' }: { at: string | null; fallback?: string }) {
  const now = useNow();
  if (at === null) return <span className="text-ink-subtle">{fallback}</span>;
  // Server and client render this a moment apart; the client's words win.
  return (
    <time dateTime={at} title={formatAbsolute(at)} suppressHydrationWarning className="numeric whitespace-nowrap">
      {formatRelative(Date.parse(at), now)}
    </time>
  );
}

/** Elapsed counts from `from` to `to`, or to the present while `to` is null. */
export function Elapsed({ from, to }: { from: string; to: string | null }) {
  const now = useNow();
  const end = to === null ? now : Date.parse(to);
  return (
    <time
      dateTime={from}
      title={`since ${formatAbsolute(from)}`}
      suppressHydrationWarning
      className="numeric whitespace-nowrap"
    >
      {formatDuration((end - Date.parse(from)) / 1_000)}
    </time>
  );
}
